/**
 * Owns the tests of the provider and of what it keeps on disk.
 *
 * <p>Tests no arithmetic. Entry type: {@link dev.foretoken.onnxruntime.OnnxRuntimeProviderTest}. The test's thread calls everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime;
