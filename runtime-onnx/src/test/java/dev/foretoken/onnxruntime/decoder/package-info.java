/**
 * Owns the tests of exported decoders: golden logits, company and places of sequences.
 *
 * <p>Does not test ONNX Runtime. Entry type: {@link dev.foretoken.onnxruntime.decoder.DecoderRuntimeTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.decoder;
