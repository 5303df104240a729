/**
 * Owns exported graphs as a runtime: whether one can be opened here, what it would take, and opening it.
 *
 * <p>Leaves the running to ONNX Runtime, and what a graph means to the packages below. Entry type: {@link
 * dev.foretoken.onnxruntime.OnnxRuntimeProvider}. Any thread may call it; what it opens belongs to one thread each.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime;
