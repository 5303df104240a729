/**
 * Owns the opening of models as native runtimes: which files, which kernels, which cache type, which recipe; and the building of recipes.
 *
 * <p>Does not compute. Entry type: {@link dev.foretoken.nativeruntime.NativeRuntimeProvider}, found by ServiceLoader. The thread that loads
 * a variant calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime;
