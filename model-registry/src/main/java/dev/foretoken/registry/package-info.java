/**
 * Owns what can be served: how model artifacts are described by themselves, in packages per file format.
 *
 * <p>Does not compute with weights and does not tokenize. Entry type: {@link dev.foretoken.registry.gguf.GgufFile}. The thread that opens a
 * model calls everything here.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry;
