/**
 * {@code bench prefill} and {@code bench prediction}: what predicted K/V save of the time to the first token, what they cost in quality, and
 * what repairing them takes, in this process.
 *
 * <p>Does not predict, schedule or fit anything itself. Entry types: {@link dev.foretoken.bench.prediction.PrefillCommand}, {@link
 * dev.foretoken.bench.prediction.PredictionCommand}. Called on the main thread; virtual threads read sequences.
 */
@NullMarked
package dev.foretoken.bench.prediction;

import org.jspecify.annotations.NullMarked;
