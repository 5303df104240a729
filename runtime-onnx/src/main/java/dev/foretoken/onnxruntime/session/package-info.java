/**
 * Owns how a graph is run: what it takes and makes, where its tensors lie, and what ONNX Runtime is told.
 *
 * <p>Does not know what tensors mean. Entry type: {@link dev.foretoken.onnxruntime.session.GraphSession}. One thread per binding at a time.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session;
