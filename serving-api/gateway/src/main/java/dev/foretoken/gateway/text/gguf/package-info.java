/**
 * Owns the translation of a GGUF file's vocabulary into the documents of a Hugging Face checkpoint: tokenizer.json and its neighbours.
 *
 * <p>Does not tokenize and does not render templates. Entry type: {@link dev.foretoken.gateway.text.gguf.GgufDocuments}. The thread that
 * loads a tokenizer calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.text.gguf;
