/**
 * Tests of written GGUF files: encodings, names, vocabularies, and what is refused.
 *
 * <p>Does not run models. Entry type: {@link dev.foretoken.registry.gguf.export.SampleCheckpoint}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gguf.export;
