/**
 * Owns the builders whose variants are recipes: they look at what flows through a base when it reads calibration text, choose what is left out,
 * shared, narrowed or factored, and write the recipe that says so.
 *
 * <p>Does not change plans itself: operations of recipes do. Entry type: {@link dev.foretoken.nativeruntime.compress.RecipeBuilders}. The thread
 * that builds a variant calls it; equal orders give equal files, whatever the number of threads.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.compress;
