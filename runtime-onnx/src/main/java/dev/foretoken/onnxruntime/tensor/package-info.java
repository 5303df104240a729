/**
 * Owns graphs of named tensors: what they take, checks of it, where their outputs lie, and runs of one graph that belong together - streams
 * with caches, loops, and the vectors and scores made of an encoder's outputs.
 *
 * <p>Joins no requests and knows no file. Entry type: {@link dev.foretoken.onnxruntime.tensor.GraphTensorRuntime}. One thread per runtime.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.tensor;
