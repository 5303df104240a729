/**
 * Owns the tests of sessions over ONNX Runtime's Java interface.
 *
 * <p>Knows no graphs of its own. Entry type: {@link dev.foretoken.onnxruntime.session.javaapi.JavaGraphSessionTest}. The test's thread calls
 * everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session.javaapi;
