/**
 * Owns the memory of K and V and of recurrent states: which kinds of cache a plan needs, their blocks and slots, and copying, keeping,
 * exporting and importing them.
 *
 * <p>Does not decide who owns a block or a slot. Entry type: {@link dev.foretoken.nativeruntime.cache.PartCaches}. Called by the runtime's
 * one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.cache;
