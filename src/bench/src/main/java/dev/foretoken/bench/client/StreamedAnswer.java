package dev.foretoken.bench.client;

/**
 * What came of one streamed call. Times are on the nanosecond clock given to the client.
 *
 * @param resends 1 when a reused connection turned out to be closed before any byte came back and the request was sent
 *     again on another, else 0
 * @param text everything the server wrote, in order
 */
public record StreamedAnswer(
        long sentNanos, long endNanos, TokenTimes tokens, String text, Ending ending, int resends) {}
