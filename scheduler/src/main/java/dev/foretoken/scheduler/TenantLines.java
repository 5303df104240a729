package dev.foretoken.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tenants of one priority class, each with its waiting line and what it was served. */
final class TenantLines {

    /** Tenants without sequences whose counters are remembered, so that coming back does not clear a debt. */
    static final int REMEMBERED = 1024;

    private final Map<String, TenantLine> lines = new HashMap<>();
    private final List<TenantLine> active = new ArrayList<>();

    TenantLine enter(String tenant, int weight) {
        TenantLine line = lines.computeIfAbsent(tenant, TenantLine::new);
        if (line.enter(weight) == 1) {
            active.add(line);
        }
        return line;
    }

    void leave(TenantLine line) {
        if (line.leave() == 0) {
            active.remove(line);
            if (lines.size() - active.size() > REMEMBERED) {
                forgetOne();
            }
        }
    }

    /** One more of {@code line} waits. */
    void add(TenantLine line, Sequence sequence) {
        if (line.isEmpty()) {
            line.lift(leastServed(line), sequence.promptTokens());
        }
        line.add(sequence);
    }

    /** Whether more than one tenant has sequences. */
    boolean several() {
        return active.size() > 1;
    }

    /** How many wait of the tenant of which most do. */
    int longest() {
        int longest = 0;
        for (int i = 0; i < active.size(); i++) {
            longest = Math.max(longest, active.get(i).size());
        }
        return longest;
    }

    /** The counter of the least served tenant of which somebody waits; {@link Long#MAX_VALUE} when nobody does. */
    long leastWaiting() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < active.size(); i++) {
            if (!active.get(i).isEmpty()) {
                least = Math.min(least, active.get(i).served());
            }
        }
        return least;
    }

    @Nullable
    Sequence head(Promptness promptness) {
        TenantLine best = null;
        for (int i = 0; i < active.size(); i++) {
            TenantLine line = active.get(i);
            if (!line.isEmpty() && (best == null || line.goesBefore(best))) {
                best = line;
            }
        }
        return best == null ? null : best.head(promptness);
    }

    @Nullable
    Sequence lastHolding() {
        Sequence last = null;
        for (TenantLine line : active) {
            Sequence candidate = line.lastHolding();
            if (candidate != null && (last == null || candidate.id > last.id)) {
                last = candidate;
            }
        }
        return last;
    }

    /** Of the other tenants: of those who wait, or of all when none does. Idle time earns no more than the credit. */
    private long leastServed(TenantLine own) {
        long least = leastWaiting();
        if (least == Long.MAX_VALUE) {
            for (TenantLine line : active) {
                least = line == own ? least : Math.min(least, line.served());
            }
        }
        return least == Long.MAX_VALUE ? own.served() : least;
    }

    private void forgetOne() {
        lines.values().stream()
                .filter(line -> !line.isActive())
                .min(Comparator.comparingLong(TenantLine::served))
                .ifPresent(line -> lines.remove(line.tenant()));
    }
}
