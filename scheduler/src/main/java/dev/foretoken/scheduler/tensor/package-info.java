/**
 * Owns when a graph of tensors runs, and on which requests together: checks them, queues them within bounds, joins those that wait along the
 * batch axis, runs streams in order, and gives each request its own rows back.
 *
 * <p>Does not compute, open models or know protocols. Entry type: {@link dev.foretoken.scheduler.tensor.TensorLoop}; any thread may call its
 * public methods, everything else belongs to its one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.tensor;
