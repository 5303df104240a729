package dev.foretoken.bench.client;

import java.util.Arrays;

/** When the tokens of one answer arrived, on the nanosecond clock of the run. Written by one thread, then read. */
public final class TokenTimes {
    private long[] nanos = new long[16];
    private int[] tokens = new int[16];
    private int events;
    private int total;

    /** Notes that {@code count} tokens arrived at {@code atNanos}, not before any noted earlier. */
    public void add(long atNanos, int count) {
        if (events == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * events);
            tokens = Arrays.copyOf(tokens, 2 * events);
        }
        nanos[events] = atNanos;
        tokens[events++] = count;
        total += count;
    }

    /** Events that carried at least one token. */
    public int events() {
        return events;
    }

    /** Tokens of all events together. */
    public int total() {
        return total;
    }

    public long nanosAt(int event) {
        return nanos[event];
    }

    /** Tokens that arrived from {@code fromNanos} (inclusive) to {@code toNanos} (exclusive). */
    public long between(long fromNanos, long toNanos) {
        long sum = 0;
        for (int i = 0; i < events; i++) {
            if (nanos[i] >= fromNanos && nanos[i] < toNanos) {
                sum += tokens[i];
            }
        }
        return sum;
    }
}
