package dev.foretoken.scheduler;

import dev.foretoken.scheduler.blocks.CheckpointPool;

/** Where one sequence's recurrent states are copied, and its copies under way. */
final class SequenceStates {

    static final int NEVER = Integer.MAX_VALUE;

    private static final int UNKNOWN = -1;

    /** Position at which the next copy is wanted: a span that would cross it ends there. */
    int next = NEVER;

    /** Position of the copy before, made or restored. */
    int last;

    /** Where the prompt parts from those before it, 0 = nowhere; {@link #partingKnown} says whether it was looked for. */
    int parting = UNKNOWN;

    /** The copy from before the row that verifies proposals. */
    int rollback = CheckpointPool.NONE;

    boolean partingKnown() {
        return parting != UNKNOWN;
    }
}
