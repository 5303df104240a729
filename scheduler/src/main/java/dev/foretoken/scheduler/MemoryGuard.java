package dev.foretoken.scheduler;

import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.KindPool;
import org.jspecify.annotations.Nullable;

/**
 * Gives sequences the memory they need next. When there is none it takes, in this order: blocks nobody references (the pools do that), what
 * repairs hold, blocks that waiting sequences share with others, and everything of the least urgent, youngest running sequence, which is
 * computed again later. The most urgent, oldest sequence can take from all others and fits alone, so there is always one that gets on.
 */
final class MemoryGuard {

    private final SchedulerState state;
    private final StepShape shape;
    private boolean shadowsInFlight;

    MemoryGuard(SchedulerState state, StepShape shape) {
        this.state = state;
        this.shape = shape;
    }

    /** Covers the next {@code count} positions of a running sequence; false when it has to wait. */
    boolean cover(Sequence sequence, int count) {
        int start = sequence.scheduled;
        while (!sequence.caches.cover(CachePools.BASE, start, start + count, state.commands)) {
            if (!takeFor(sequence)) {
                return false;
            }
        }
        return true;
    }

    private boolean takeFor(Sequence sequence) {
        if (dropOneShadow()) {
            return true;
        }
        return !shadowsInFlight && (dropOneShare() || preemptBehind(sequence));
    }

    /**
     * Lets the least urgent, youngest repair give up what it holds; false when there is none, or when a step in flight touches all there are,
     * which then end first.
     */
    boolean dropOneShadow() {
        shadowsInFlight = false;
        for (int i = state.running.size() - 1; state.predictions > 0 && i >= 0; i--) {
            Prediction prediction = state.running.get(i).prediction;
            Shadow shadow = prediction == null ? null : prediction.shadow;
            if (prediction != null && shadow != null) {
                if (shadow.rowsInFlight == 0) {
                    Repairs.drop(prediction, shadow);
                    return true;
                }
                shadowsInFlight = true;
            }
        }
        state.settleFirst |= shadowsInFlight;
        return false;
    }

    /** Whether exact K and V of all that {@code sequence} knows fit beside its predicted ones and what the running sequences need. */
    boolean fitsTwice(Sequence sequence) {
        int tokens = Math.min(sequence.length() + 1, sequence.maxLength);
        for (int i = 0; i < state.pools.basePools(); i++) {
            int units = state.pools.get(i).unitsFor(tokens, state.limits.tokens());
            if (units + promised(i) > state.pools.get(i).pool().available()) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #cover}, but takes nothing from anybody. */
    boolean extend(Sequence sequence, int count) {
        return sequence.caches.cover(CachePools.BASE, sequence.scheduled, sequence.scheduled + count, state.commands);
    }

    /** Whether a waiting sequence could compute all it knows, beside what the running ones need for the same. */
    boolean fits(Sequence sequence) {
        for (int i = 0; i < state.pools.basePools(); i++) {
            if (demand(sequence, i) + promised(i) > state.pools.get(i).pool().available()) {
                return false;
            }
        }
        return true;
    }

    /** Preempts one running sequence of a lower class than {@code sequence}; false when that cannot make it fit. */
    boolean preemptLowerClass(Sequence sequence) {
        if (state.running.size() == 0 || !fitsWithoutLowerClasses(sequence)) {
            return false;
        }
        Sequence last = state.running.get(state.running.size() - 1);
        return last.priority().compareTo(sequence.priority()) > 0 && preemptBehind(sequence);
    }

    /** Preempts one running sequence of a tenant that runs more than its share beside that of {@code sequence}; false when there is none. */
    boolean preemptBeyondShare(Sequence sequence) {
        Sequence victim = state.waiting.several() ? state.running.lastBeyondShare(sequence) : null;
        return victim != null && preempt(victim);
    }

    private boolean fitsWithoutLowerClasses(Sequence sequence) {
        for (int pool = 0; pool < state.pools.basePools(); pool++) {
            int room = state.pools.get(pool).pool().available() - demand(sequence, pool);
            for (int i = 0; i < state.running.size(); i++) {
                Sequence other = state.running.get(i);
                boolean stays = other.priority().compareTo(sequence.priority()) <= 0;
                room += stays ? -promised(other, pool) : other.caches.held(pool);
            }
            if (room < 0) {
                return false;
            }
        }
        return true;
    }

    /** Lets one waiting sequence give up the blocks it shares; it will find or compute them again. */
    boolean dropOneShare() {
        Sequence holder = state.waiting.lastHolding();
        if (holder == null) {
            return false;
        }
        holder.giveUpCaches();
        return true;
    }

    private int demand(Sequence sequence, int pool) {
        KindPool kind = state.pools.get(pool);
        int tokens = Math.min(sequence.length() + 1, sequence.maxLength);
        int step = Math.min(state.limits.tokens(), sequence.length() + 1 - sequence.computed);
        int missing = Math.max(0, kind.unitsFor(tokens, step) - sequence.caches.held(pool));
        boolean copies = kind.paged() && sequence.scheduled % kind.spec().blockTokens() != 0;
        return missing + (copies ? 1 : 0);
    }

    /** Units that running sequences still need for what they know, and one block for each to go on with. */
    private int promised(int pool) {
        int units = 0;
        for (int i = 0; i < state.running.size(); i++) {
            units += promised(state.running.get(i), pool);
        }
        return units;
    }

    private int promised(Sequence sequence, int pool) {
        return demand(sequence, pool) + (state.pools.get(pool).paged() ? 1 : 0);
    }

    private boolean preemptBehind(Sequence sequence) {
        return preempt(state.running.lastBehind(sequence));
    }

    private boolean preempt(@Nullable Sequence victim) {
        if (victim == null || victim.rowsInFlight > 0) {
            state.settleFirst |= state.stepsInFlight > 0;
            return false;
        }
        shape.remove(victim);
        victim.giveUpCaches();
        state.running.remove(victim);
        victim.state = Sequence.State.WAITING;
        state.waiting.add(victim);
        state.observer.preempted();
        return true;
    }
}
