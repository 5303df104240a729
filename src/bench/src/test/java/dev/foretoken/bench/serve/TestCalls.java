package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.Ending;
import dev.foretoken.bench.client.TokenTimes;
import dev.foretoken.bench.client.Usage;

/** Records of calls as they would have been measured. All times in milliseconds. */
final class TestCalls {
    private static final long ORIGIN = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private TestCalls() {}

    /** A whole answer of {@code tokens} tokens: the first at {@code firstAt}, the others evenly up to {@code endAt}. */
    static CallRecord completed(int index, long sentAt, long firstAt, long endAt, int tokens) {
        TokenTimes times = new TokenTimes();
        for (int i = 0; i < tokens; i++) {
            long at = tokens == 1 ? firstAt : firstAt + (endAt - firstAt) * i / (tokens - 1);
            times.add(ORIGIN + at * MILLI, 1);
        }
        Ending ending = new Ending.Completed("length", new Usage(10, tokens, 4));
        return call(index, new Intent.Whole(), sentAt, endAt, times, ending);
    }

    static CallRecord ended(int index, Intent intent, Ending ending) {
        return call(index, intent, 0, 100, new TokenTimes(), ending);
    }

    private static CallRecord call(int index, Intent intent, long sentAt, long endAt, TokenTimes times, Ending ending) {
        return new CallRecord(index, intent, ORIGIN, sentAt * MILLI, sentAt * MILLI, endAt * MILLI, times, ending, 0);
    }
}
