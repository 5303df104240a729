/**
 * Owns the tests of walking ONNX files, whole and damaged, and a writer of small ones.
 *
 * <p>Does not test which files are let in. Entry type: {@link dev.foretoken.registry.ingest.onnx.OnnxWriter}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.ingest.onnx;
