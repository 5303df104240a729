/**
 * Owns the OpenAI interface as data: request bodies into checked records, answers and errors into bodies and stream chunks.
 *
 * <p>Does not read sockets, authenticate or talk to engines. Entry types: {@link dev.foretoken.gateway.openai.CompletionRequest} and
 * {@link dev.foretoken.gateway.openai.ChatRequest} on the way in, {@link dev.foretoken.gateway.openai.ReplyFormat} on the way out. Called by
 * the thread of the request.
 */
@NullMarked
package dev.foretoken.gateway.openai;

import org.jspecify.annotations.NullMarked;
