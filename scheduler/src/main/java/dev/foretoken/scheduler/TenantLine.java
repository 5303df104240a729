package dev.foretoken.scheduler;

import dev.foretoken.contract.request.ServiceLevel;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One tenant in one class: its waiting sequences, oldest first, and its virtual token counter, which runs the slower the more the tenant weighs.
 * Those who hope for their first token by a time
 * that can still be kept go first, the shortest prompt of them before all; but after a few of them it is the oldest sequence's turn, whoever
 * that is, and stays so until it was admitted.
 */
final class TenantLine {

    /** So many may overtake the oldest before its turn comes. */
    static final int OVERTAKING = 3;

    /** Of the counter for one token of a tenant of weight 1. */
    static final long UNIT = 1_000_000;

    /**
     * What a tenant that asked for less than its share may be served ahead of the others, in units of the counter: so many tokens of a tenant
     * of default weight. It bounds what others wait for one who comes back, and is why one who asks for little is answered as if it were alone.
     */
    static final long CREDIT = 4096 * UNIT / ServiceLevel.DEFAULT_WEIGHT;

    /** The credit lasts for so many prompts, but for no more tokens than {@link #MOST_CREDIT}: requests come in bunches. */
    private static final int CREDIT_PROMPTS = 4;

    private static final long MOST_CREDIT = 4 * CREDIT;

    private static final Comparator<Sequence> SHORTEST =
            Comparator.comparingInt(Sequence::promptTokens).thenComparingLong(sequence -> sequence.id);

    private final String tenant;
    private final TreeMap<Long, Sequence> waiting = new TreeMap<>();
    /** Those of the waiting who may have their first token in time, as far as was looked. */
    private final TreeSet<Sequence> hopeful = new TreeSet<>(SHORTEST);

    private int overtaken;
    private int running;
    private int weight = ServiceLevel.DEFAULT_WEIGHT;
    private long served;
    private int live;

    TenantLine(String tenant) {
        this.tenant = tenant;
    }

    String tenant() {
        return tenant;
    }

    /** {@code weight}: what its tenant weighs from now on. */
    int enter(int newWeight) {
        weight = newWeight;
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

    /** One of its sequences runs, or does so no more. */
    void run(int change) {
        running += change;
    }

    /** Whether it runs more than one sequence, and by its weight more than {@code other} would with one more. */
    boolean runsMoreThan(TenantLine other) {
        return running > 1 && (long) running * other.weight > (other.running + 1L) * weight;
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

    /** How many wait. */
    int size() {
        return waiting.size();
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
        served += tokens * UNIT / weight;
    }

    /** Of what was not asked for, no more than the credit is kept. */
    void lift(long least, int promptTokens) {
        long prompts = CREDIT_PROMPTS * promptTokens * UNIT / ServiceLevel.DEFAULT_WEIGHT;
        served = Math.max(served, least - Math.clamp(prompts, CREDIT, MOST_CREDIT));
    }

    /** Whether it was served more than {@code other} by what only one has that asks for more. */
    boolean isFarBehind(TenantLine other) {
        return served - other.served > CREDIT / 2;
    }

    boolean goesBefore(TenantLine other) {
        if (served != other.served) {
            return served < other.served;
        }
        return waiting.firstKey() < other.waiting.firstKey();
    }
}
