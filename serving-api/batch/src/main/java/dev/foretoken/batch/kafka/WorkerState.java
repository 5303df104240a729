package dev.foretoken.batch.kafka;

/**
 * How a worker is.
 *
 * @param problem a sentence for the operator; empty = there is none
 */
public record WorkerState(Phase phase, String problem) {

    /** What it does. */
    public enum Phase {
        /** Looks for the broker and joins its group. */
        JOINING,
        WORKING,
        /** Something is wrong; it tries again after a while. */
        WAITING,
        CLOSED,
        ;
    }
}
