/**
 * Owns the preparation of chats' next turns: once an answer is complete, what the next turn is going to begin with is computed exactly and
 * with the lowest priority, unless the caches hold it already or sequences wait.
 *
 * <p>Does not keep sessions and does not answer anybody: it fills the engine's prefix cache and forgets. Entry type:
 * {@link dev.foretoken.gateway.turn.NextTurns}. Request threads announce chats and answers; each preparation has a virtual thread of its own.
 */
@NullMarked
package dev.foretoken.gateway.turn;

import org.jspecify.annotations.NullMarked;
