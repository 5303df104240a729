package dev.foretoken.scheduler;

import java.util.Comparator;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One tenant in one class: its waiting sequences, oldest first, and its virtual token counter. Those who hope for their first token by a time
 * that can still be kept go first, the shortest prompt of them before all; but after a few of them it is the oldest sequence's turn, whoever
 * that is, and stays so until it was admitted.
 */
final class TenantLine {

    /** So many may overtake the oldest before its turn comes. */
    static final int OVERTAKING = 3;

    private static final Comparator<Sequence> SHORTEST =
            Comparator.comparingInt(Sequence::promptTokens).thenComparingLong(sequence -> sequence.id);

    private final String tenant;
    private final TreeMap<Long, Sequence> waiting = new TreeMap<>();
    /** Those of the waiting who may have their first token in time, as far as was looked. */
    private final TreeSet<Sequence> hopeful = new TreeSet<>(SHORTEST);

    private int overtaken;
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
        if (sequence.hopes()) {
            hopeful.add(sequence);
        }
    }

    void remove(Sequence sequence) {
        boolean oldest = !waiting.isEmpty() && waiting.firstKey() == sequence.id;
        if (waiting.remove(sequence.id) == null) {
            throw new IllegalStateException(sequence + " does not wait");
        }
        hopeful.remove(sequence);
        overtaken = oldest ? 0 : overtaken + 1;
    }

    @Nullable
    Sequence head(Promptness promptness) {
        while (overtaken < OVERTAKING && !hopeful.isEmpty()) {
            if (promptness.isHopeful(hopeful.first())) {
                return hopeful.first();
            }
            hopeful.removeFirst();
        }
        return waiting.isEmpty() ? null : waiting.firstEntry().getValue();
    }

    /** Whether nobody waits. */
    boolean isEmpty() {
        return waiting.isEmpty();
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
