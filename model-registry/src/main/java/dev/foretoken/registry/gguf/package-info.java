/**
 * Owns the GGUF file format (v2 and v3): header, typed metadata, tensor table, where each tensor's bytes lie.
 *
 * <p>Does not know architectures, tokenizers or how an encoding is decoded. Entry type: {@link dev.foretoken.registry.gguf.GgufFile}. The
 * thread that opens a model calls everything here; what was opened is immutable and may be read by any thread until it is closed.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gguf;
