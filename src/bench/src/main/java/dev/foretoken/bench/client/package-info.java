/**
 * Speaks the OpenAI HTTP protocol as a client: sends one request, reads its streamed answer, notes when each token came.
 *
 * <p>Does not decide what to send or when, and never throws for what a server does: every call ends in a
 * {@link dev.foretoken.bench.client.Ending}. Entry type: {@link dev.foretoken.bench.client.OpenAiClient}. Any thread may call;
 * a call blocks its (virtual) thread until the answer has ended.
 */
@NullMarked
package dev.foretoken.bench.client;

import org.jspecify.annotations.NullMarked;
