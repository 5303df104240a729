package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.PrefillMode;

/** Told what is worth counting, on the scheduler's thread. Must not allocate per token. */
public interface SchedulerObserver {

    /** A sequence was admitted for the first time, {@code queueNanos} after its request came. */
    void started(long queueNanos);

    /** {@code queried} prompt tokens were looked up and {@code hit} of them found. */
    void prefixLookedUp(PrefixOutcome outcome, int queried, int hit);

    /** {@code tokens} prompt tokens were computed. */
    void promptComputed(int tokens);

    void firstToken(long prefillNanos);

    void nextToken(long sincePreviousNanos);

    /** A step was computed: {@code rows} sequences, {@code tokens} tokens, {@code nanos} since the one before. */
    default void stepDone(int rows, int tokens, long nanos) {}

    void preempted();

    /** Of {@code proposed} tokens verified in one row {@code accepted} were what the model drew. */
    void drafted(int proposed, int accepted);

    /** A copy of recurrent states was made, used, given up, or not made. */
    void checkpoint(CheckpointEvent event);

    /** A sequence was planned for the first time, with its prompt computed or predicted. */
    default void prefilled(PrefillMode mode) {}

    /** K and V of {@code tokens} prompt tokens were predicted. */
    default void promptPredicted(int tokens) {}

    /** {@code tokens} tokens were computed once more, beside their predicted K and V or just after these were given up. */
    default void repairComputed(int tokens) {}

    /** Predicted K and V were replaced behind {@code generated} tokens. */
    default void repaired(int generated) {}

    /** A sequence ended before its predicted K and V were replaced. */
    default void repairGivenUp() {}

    void finished(FinishReason reason, Usage usage);

    void failed(ErrorCode code);
}
