package dev.foretoken.scheduler.prefill;

import dev.foretoken.contract.request.PrefillMode;

/**
 * What was chosen for a prompt, and from what.
 *
 * @param computedNanos estimate of the time to its first token if the model computes it, since the request came; 0 = none was made
 * @param predictedNanos the same if it is predicted
 */
public record PrefillChoice(Reason reason, double computedNanos, double predictedNanos) {

    static PrefillChoice unestimated(Reason reason) {
        return new PrefillChoice(reason, 0, 0);
    }

    public PrefillMode mode() {
        return reason.mode;
    }

    /** Why a prompt is computed or predicted. */
    public enum Reason {
        /** Its caller hopes for no time to first token. */
        NO_OBJECTIVE(PrefillMode.EXACT),
        /** Nothing is known yet of what steps cost. */
        UNMEASURED(PrefillMode.EXACT),
        /** Predicting it would not be clearly faster: too few tokens, or too many of them cached. */
        NOT_FASTER(PrefillMode.EXACT),
        /** Computed, it comes in time, and nobody waits whom that delays. */
        IN_TIME(PrefillMode.EXACT),
        /** Only predicted does it come in time. */
        ONLY_IN_TIME(PrefillMode.PREDICTED),
        /** Computed, it would come in time, but others wait for the machine. */
        OTHERS_WAIT(PrefillMode.PREDICTED),
        /** It comes too late either way: what takes less of the machine delays others less. */
        LATE_CHEAPER(PrefillMode.PREDICTED),
        LATE_NOT_CHEAPER(PrefillMode.EXACT),
        ;

        private final PrefillMode mode;

        Reason(PrefillMode mode) {
            this.mode = mode;
        }

        public PrefillMode mode() {
            return mode;
        }
    }
}
