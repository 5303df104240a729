/**
 * Owns the units of cache memory and the numbers of state checkpoints: how many of each kind a variant gets, which are free, referenced or
 * kept for reuse, and which a sequence holds.
 *
 * <p>Does not decide who gets memory and does not know what a block contains. Entry type:
 * {@link dev.foretoken.scheduler.blocks.CachePools}. One thread calls it, that of the scheduler.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.blocks;
