/**
 * Tests of what operations make of plans, and of what they refuse.
 *
 * <p>Does not test computed numbers; the conformance tests do. Entry type: {@link dev.foretoken.nativeruntime.recipe.RecipeTest}. Tests call
 * it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.recipe;
