/**
 * Owns the recipe file format: which base a recipe changes, which file has its new tensors, and the operations as fields.
 *
 * <p>Does not know what an operation does to a model. Entry type: {@link dev.foretoken.registry.recipe.RecipeFile}. The thread that opens a
 * model calls everything here; what was read is immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.recipe;
