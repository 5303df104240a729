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

    TenantLine line(String tenant) {
        TenantLine line = lines.get(tenant);
        if (line == null) {
            throw new IllegalStateException("tenant has no sequences");
        }
        return line;
    }

    void enter(String tenant) {
        TenantLine line = lines.computeIfAbsent(tenant, TenantLine::new);
        if (line.enter() == 1) {
            line.lift(leastServed());
            active.add(line);
        }
    }

    void leave(String tenant) {
        TenantLine line = line(tenant);
        if (line.leave() == 0) {
            active.remove(line);
            if (lines.size() - active.size() > REMEMBERED) {
                forgetOne();
            }
        }
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

    /** A newcomer starts level with the least served tenant that is here: idle time earns no credit. */
    private long leastServed() {
        long least = Long.MAX_VALUE;
        for (TenantLine line : active) {
            least = Math.min(least, line.served());
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }

    private void forgetOne() {
        lines.values().stream()
                .filter(line -> !line.isActive())
                .min(Comparator.comparingLong(TenantLine::served))
                .ifPresent(line -> lines.remove(line.tenant()));
    }
}
