/**
 * Owns writing GGUF files: dense decoders of the Hugging Face layout, with their vocabulary, in ggml's encodings.
 *
 * <p>Does not choose weights: whoever quantized says which values each row has. Entry type:
 * {@link dev.foretoken.registry.gguf.export.CheckpointExport}. One thread writes one file.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gguf.export;
