/**
 * Inference that nobody waits for: what a request of a batch is, what answers it, and who runs it.
 *
 * <p>Owns the records that files, topics and jobs have in common. Does not know how a request is run, which the process hands in as a
 * {@link dev.foretoken.batch.BatchExecutor}, nor where requests come from, which the packages below know. Entry type: {@link
 * dev.foretoken.batch.BatchExecutor}, called on one virtual thread for each request.
 */
@NullMarked
package dev.foretoken.batch;

import org.jspecify.annotations.NullMarked;
