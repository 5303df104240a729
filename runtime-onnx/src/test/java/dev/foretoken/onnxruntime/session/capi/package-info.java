/**
 * Owns the tests of sessions over ONNX Runtime's C API, on the CPU and, where there is one, on a GPU.
 *
 * <p>Knows no graphs of its own. Entry type: {@link dev.foretoken.onnxruntime.session.capi.CGraphSessionTest}. The test's thread calls
 * everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session.capi;
