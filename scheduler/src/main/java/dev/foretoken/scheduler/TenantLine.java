package dev.foretoken.scheduler;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One tenant in one class: its waiting sequences, oldest first, and its virtual token counter. */
final class TenantLine {

    private final String tenant;
    private final TreeMap<Long, Sequence> waiting = new TreeMap<>();
    private long served;
    private int live;

    TenantLine(String tenant) {
        this.tenant = tenant;
    }

    String tenant() {
        return tenant;
    }

    int enter() {
        return ++live;
    }

    int leave() {
        return --live;
    }

    boolean isActive() {
        return live > 0;
    }

    void add(Sequence sequence) {
        waiting.put(sequence.id, sequence);
    }

    void remove(Sequence sequence) {
        if (waiting.remove(sequence.id) == null) {
            throw new IllegalStateException(sequence + " does not wait");
        }
    }

    @Nullable
    Sequence head() {
        return waiting.isEmpty() ? null : waiting.firstEntry().getValue();
    }

    @Nullable
    Sequence lastHolding() {
        for (Sequence sequence : waiting.descendingMap().values()) {
            if (!sequence.caches.isEmpty()) {
                return sequence;
            }
        }
        return null;
    }

    long served() {
        return served;
    }

    void charge(long tokens) {
        served += tokens;
    }

    void lift(long least) {
        served = Math.max(served, least);
    }

    boolean goesBefore(TenantLine other) {
        if (served != other.served) {
            return served < other.served;
        }
        return waiting.firstKey() < other.waiting.firstKey();
    }
}
