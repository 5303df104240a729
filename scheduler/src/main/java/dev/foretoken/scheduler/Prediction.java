package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import org.jspecify.annotations.Nullable;

/**
 * How one sequence's prompt is predicted, and how far its repair has come; a sequence whose prompt is computed has none. The positions from
 * {@link #exact} to the prompt's last, without it, are the auxiliary's to fill, again after a preemption: what the answer reads depends on the
 * request and these two alone. Once repaired the sequence is like any other.
 */
final class Prediction {

    /** Prompt positions before this are computed by the base. */
    final int exact;

    final Repair repair;
    /** The prompt's last position: the first behind the predicted ones. */
    private final int end;

    /** Leading positions whose K and V the auxiliary has once the steps in flight are done. */
    int auxiliary;

    @Nullable
    Shadow shadow;

    /** No row is planned until those in flight are back: exact K and V are about to take over. */
    boolean settling;

    private int repairedAt = PrefillUsage.NEVER;
    /** Positions before this had K and V when exact ones took over. */
    private int redone;

    Prediction(int exact, int promptTokens, Repair repair) {
        this.exact = exact;
        this.end = promptTokens - 1;
        this.repair = repair;
    }

    boolean isRepaired() {
        return repairedAt != PrefillUsage.NEVER;
    }

    /** {@code computed}: positions that had K and V before exact ones took over. */
    void repaired(int generated, int computed) {
        repairedAt = generated;
        redone = computed;
        settling = false;
        shadow = null;
    }

    /** How many of {@code count} positions from {@code start} on are computed for the second time, to catch up after a repair. */
    int again(int start, int count) {
        return Math.clamp(redone - (long) start, 0, count);
    }

    /** Where the auxiliary's work ends. */
    int end() {
        return end;
    }

    /** Whether the next position is the auxiliary's to fill. */
    boolean isFilling(int scheduled) {
        return !isRepaired() && scheduled >= exact && scheduled < end;
    }

    /** Whether the base has to wait: for the auxiliary, or for exact K and V. */
    boolean holdsBack(Sequence sequence) {
        return !isRepaired()
                && (settling || isFilling(sequence.scheduled) || isDue(sequence.generated() + sequence.pendingDraws));
    }

    /** Whether nothing more may be drawn from predicted K and V. */
    boolean isDue(int draws) {
        return repair instanceof Repair.After after && draws >= after.tokens();
    }

    /** Most proposals behind a generated position, such that no draw is one too many. */
    int draftRoom(int generated) {
        return !isRepaired() && repair instanceof Repair.After after
                ? after.tokens() - generated - 1
                : Integer.MAX_VALUE;
    }

    /** Where a span of the base from {@code start} on has to end. */
    int spanEnd(int start) {
        return !isRepaired() && start < exact ? exact : Integer.MAX_VALUE;
    }

    /** Positions before this are what any sequence has there. */
    int sharable() {
        return isRepaired() ? Integer.MAX_VALUE : exact;
    }

    /** All memory is gone but the shadow's, which the caller lets go of. */
    void restart() {
        auxiliary = 0;
        redone = 0;
        settling = false;
        shadow = null;
    }

    PrefillUsage usage() {
        return new PrefillUsage(PrefillMode.PREDICTED, end - exact, repairedAt);
    }
}
