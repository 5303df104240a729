/**
 * Owns the commands about batches over topics: what people type and what they read.
 *
 * <p>Answers nothing; topics are spoken with by {@code dev.foretoken.batch.client}. Entry type: {@link
 * dev.foretoken.app.command.batch.BatchCommand}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.command.batch;
