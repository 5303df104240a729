/**
 * Measures batch inference: what a worker of Kafka's topics costs per request, and how much of an engine batches get, alone and beside callers.
 *
 * <p>Brokers are real, in a process of their own. Does not know how a worker works or an engine computes. Entry type: {@link
 * dev.foretoken.bench.batch.BatchCommand}. Each command runs on one thread.
 */
@NullMarked
package dev.foretoken.bench.batch;

import org.jspecify.annotations.NullMarked;
