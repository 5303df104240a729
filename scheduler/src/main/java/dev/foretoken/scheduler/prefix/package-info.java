/**
 * Owns the prefix cache: which blocks hold which tokens' K and V, found again by a keyed hash chain and checked token by token.
 *
 * <p>Does not own the blocks (they stay in their pools, which decide what is evicted) and does not decide when a hit may be used. Entry
 * type: {@link dev.foretoken.scheduler.prefix.PrefixIndex}. One thread calls it, that of the scheduler.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.prefix;
