/**
 * {@code bench quality}: what each encoding of weights and cache costs in quality, measured on one model in this process.
 *
 * <p>Does not measure speed and does not ask a server (that is {@code eval}). Entry type:
 * {@link dev.foretoken.bench.quality.QualityCommand}, called on the main thread; sequences are read by virtual threads.
 */
@NullMarked
package dev.foretoken.bench.quality;

import org.jspecify.annotations.NullMarked;
