/**
 * Owns the reading of ONNX files as far as it takes to know which files have their tensors, and that these are as large as they should be.
 *
 * <p>Builds no graph and runs nothing. Entry type: {@link dev.foretoken.registry.ingest.onnx.OnnxFile}. The thread that imports calls
 * everything here; what was read is immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.ingest.onnx;
