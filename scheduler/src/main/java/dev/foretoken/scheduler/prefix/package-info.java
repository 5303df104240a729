/**
 * Owns the prefix cache: which blocks hold which tokens' K and V, and which checkpoints the states behind them, found again
 * by a keyed hash chain.
 *
 * <p>Does not own the blocks and checkpoints (they stay in their pools, which decide what is evicted) and does not decide when a hit may be
 * used. Entry type: {@link dev.foretoken.scheduler.prefix.PrefixIndex}. One thread calls it, that of the scheduler.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.prefix;
