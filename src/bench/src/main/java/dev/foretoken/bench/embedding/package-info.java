/**
 * {@code bench embeddings}: sentences per second of texts on their way to vectors, beside another library's model in the same process.
 *
 * <p>Does not measure servers or protocols. Entry type: {@link dev.foretoken.bench.embedding.EmbeddingCommand}. Called on the main thread.
 */
@NullMarked
package dev.foretoken.bench.embedding;

import org.jspecify.annotations.NullMarked;
