/**
 * Tests of the GGUF format, and the writer that other modules' tests make files with.
 *
 * <p>Does not test what models make of a file. Entry type: {@link dev.foretoken.registry.gguf.GgufWriter}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gguf;
