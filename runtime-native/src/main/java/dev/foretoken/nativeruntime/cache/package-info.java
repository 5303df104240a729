/**
 * Owns the memory of K and V: which kinds of cache a plan needs, their blocks, and copying, exporting and importing blocks.
 *
 * <p>Does not decide who owns a block. Entry type: {@link dev.foretoken.nativeruntime.cache.KvCaches}. Called by the runtime's one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.cache;
