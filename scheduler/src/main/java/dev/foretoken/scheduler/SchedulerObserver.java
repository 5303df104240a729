package dev.foretoken.scheduler;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;

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

    void preempted();

    /** Of {@code proposed} tokens verified in one row {@code accepted} were what the model drew. */
    void drafted(int proposed, int accepted);

    /** A copy of recurrent states was made, used, given up, or not made. */
    void checkpoint(CheckpointEvent event);

    void finished(FinishReason reason, Usage usage);

    void failed(ErrorCode code);
}
