/**
 * Tests of the recipe file format.
 *
 * <p>Does not test what operations do. Entry type: {@link dev.foretoken.registry.recipe.RecipeFileTest}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.recipe;
