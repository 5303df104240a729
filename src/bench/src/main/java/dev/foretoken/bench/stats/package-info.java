/**
 * Turns measured numbers into summaries: percentiles, medians with spread, proportions with confidence intervals.
 *
 * <p>Does not measure, print or know what the numbers mean. Entry type: {@link dev.foretoken.bench.stats.Latencies}.
 * Called from one thread, after the measured run.
 */
@NullMarked
package dev.foretoken.bench.stats;

import org.jspecify.annotations.NullMarked;
