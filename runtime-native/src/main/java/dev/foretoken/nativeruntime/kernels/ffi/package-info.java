/**
 * Owns finding, verifying and loading the C library, and passing argument blocks to it. Does not know what a kernel computes and does not
 * check lengths. Entry type: {@link dev.foretoken.nativeruntime.kernels.ffi.NativeLibrary}. Loading: any thread; a call: one at a time per
 * context.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels.ffi;
