package dev.foretoken.bench.serve;

import java.util.List;

/**
 * The part of a run that counts, in nanoseconds after its start: warm-up is over and the load has not begun to fall.
 *
 * @param trimmed false when nothing was left between warm-up and cool-down, so that the whole run counts
 */
record Window(long fromNanos, long toNanos, boolean trimmed) {

    /** The steady part of a run of at least one request. */
    static Window steady(List<CallRecord> calls, Warmup warmup, boolean closedLoop) {
        long from = warmedUp(calls, warmup);
        long to = closedLoop ? firstEndAfterLastSending(calls) : lastSending(calls);
        return from < to ? new Window(from, to, true) : whole(calls);
    }

    static Window whole(List<CallRecord> calls) {
        return new Window(firstSending(calls), lastEnd(calls), false);
    }

    boolean contains(long nanos) {
        return nanos >= fromNanos && nanos <= toNanos;
    }

    double seconds() {
        return (toNanos - fromNanos) / 1e9;
    }

    private static long warmedUp(List<CallRecord> calls, Warmup warmup) {
        return switch (warmup) {
            case Warmup.Requests first -> first.count() == 0 ? firstSending(calls) : endOf(first.count(), calls);
            case Warmup.Time time -> firstSending(calls) + time.duration().toNanos();
        };
    }

    /** When the {@code count}-th request to end did so. */
    private static long endOf(int count, List<CallRecord> calls) {
        return calls.stream()
                .mapToLong(CallRecord::endNanos)
                .sorted()
                .skip(count - 1L)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /** From here on fewer clients than asked for are busy. */
    private static long firstEndAfterLastSending(List<CallRecord> calls) {
        long last = lastSending(calls);
        return calls.stream()
                .mapToLong(CallRecord::endNanos)
                .filter(end -> end > last)
                .min()
                .orElse(last);
    }

    private static long firstSending(List<CallRecord> calls) {
        return calls.stream().mapToLong(CallRecord::sentNanos).min().orElse(0);
    }

    private static long lastSending(List<CallRecord> calls) {
        return calls.stream().mapToLong(CallRecord::sentNanos).max().orElse(0);
    }

    private static long lastEnd(List<CallRecord> calls) {
        return calls.stream().mapToLong(CallRecord::endNanos).max().orElse(0);
    }
}
