/**
 * {@code bench chat}: what the turns of a conversation wait for their first token, with and without the next turn being prepared.
 *
 * <p>Does not load a server: one conversation at a time. Entry type: {@link dev.foretoken.bench.chat.ChatCommand}, called on the main thread.
 */
@NullMarked
package dev.foretoken.bench.chat;

import org.jspecify.annotations.NullMarked;
