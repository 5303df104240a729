package dev.foretoken.e2e.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the callers saw. Any thread. */
final class Ledger {

    private static final long WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<Ending, Integer> endings = new EnumMap<>(Ending.class);
    private final Map<String, Integer> reasons = new HashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Long> arrivals = new ArrayList<>();

    synchronized void ended(Ending ending) {
        endings.merge(ending, 1, Integer::sum);
    }

    synchronized void reason(String code) {
        reasons.merge(code, 1, Integer::sum);
    }

    /** Something that must not be. */
    synchronized void problem(String what) {
        problems.add(what);
    }

    /** A right token arrived. */
    synchronized void token(long nanos) {
        arrivals.add(nanos);
    }

    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    synchronized int count(Ending ending) {
        return endings.getOrDefault(ending, 0);
    }

    /** By code. */
    synchronized Map<String, Integer> reasons() {
        return Map.copyOf(reasons);
    }

    /** All of it. */
    synchronized Totals totals() {
        return new Totals(Map.copyOf(endings), Map.copyOf(reasons), arrivals.size(), problems.size());
    }

    /**
     * What became of the streams.
     *
     * @param reasons by code, of those that ended with one
     * @param tokens right ones, that arrived
     * @param problems streams that were wrong or ended without a reason
     */
    record Totals(Map<Ending, Integer> endings, Map<String, Integer> reasons, int tokens, int problems) {}

    /** Tokens of a second, from {@code from} up to {@code until}; all on the clock of {@link System#nanoTime}. */
    synchronized double rate(long from, long until) {
        return (double) arrivals(from, until) * WINDOW_NANOS / (until - from);
    }

    /**
     * Whether a whole second has passed since {@code fault}, and at least half as many tokens arrived in the last one as while nothing happened.
     *
     * @param quiet the {@link #rate} while nothing happened
     */
    synchronized boolean flowsAgain(double quiet, long fault, long now) {
        return now - fault >= WINDOW_NANOS && arrivals(now - WINDOW_NANOS, now) >= quiet / 2;
    }

    /**
     * When the last second that began after {@code fault} ended in which less than half as many tokens arrived as while nothing happened; that
     * long after the fault, and 0 when there was none. It is over when tokens {@linkplain #flowsAgain flow again}.
     *
     * @param quiet the {@link #rate} while nothing happened
     * @param now no second ends later
     */
    synchronized Duration recovery(double quiet, long fault, long now) {
        Duration recovered = Duration.ZERO;
        for (long end = fault + WINDOW_NANOS; end <= now; end += WINDOW_NANOS) {
            if (arrivals(end - WINDOW_NANOS, end) < quiet / 2) {
                recovered = Duration.ofNanos(end - fault);
            }
        }
        return recovered;
    }

    private long arrivals(long from, long until) {
        return arrivals.stream().filter(at -> at >= from && at < until).count();
    }

    @Override
    public synchronized String toString() {
        return endings + " " + reasons + ", " + arrivals.size() + " tokens";
    }
}
