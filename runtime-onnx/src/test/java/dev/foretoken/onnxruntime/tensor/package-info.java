/**
 * Owns the tests of graphs of tensors, each over a graph that ONNX Runtime runs.
 *
 * <p>Reads no files but those it writes. Entry type: {@link dev.foretoken.onnxruntime.tensor.GraphTensorRuntimeTest}. The test's thread calls
 * everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.tensor;
