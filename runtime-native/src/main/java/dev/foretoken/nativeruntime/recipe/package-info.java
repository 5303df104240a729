/**
 * Owns what the operations of a recipe do to a layer plan, and how the numbers that some of them need are made.
 *
 * <p>Does not hold weights or compute steps. Entry type: {@link dev.foretoken.nativeruntime.recipe.Recipe}. The thread that loads a variant
 * calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.recipe;
