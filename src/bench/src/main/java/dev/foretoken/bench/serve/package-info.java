/**
 * {@code bench serve}: loads a server with requests, keeps an account of each, and sums up latency, throughput and goodput.
 *
 * <p>Does not speak HTTP itself ({@code client}) and does not format ({@code report}). Entry type:
 * {@link dev.foretoken.bench.serve.ServeCommand}. One virtual thread per request in flight; planning is deterministic in the seed,
 * summing up happens on the main thread after the last answer.
 */
@NullMarked
package dev.foretoken.bench.serve;

import org.jspecify.annotations.NullMarked;
