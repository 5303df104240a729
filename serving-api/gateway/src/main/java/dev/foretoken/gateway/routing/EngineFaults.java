package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import java.util.EnumSet;
import java.util.Set;

/** What an engine's error says: of the engine, and of whether another one can help. */
final class EngineFaults {

    /** Another engine may answer what one refused or lost with these. */
    static final Set<ErrorCode> RECOVERABLE = Set.copyOf(EnumSet.of(
            ErrorCode.REPLICA_LOST,
            ErrorCode.REPLICA_UNAVAILABLE,
            ErrorCode.DRAINING,
            ErrorCode.QUEUE_FULL,
            ErrorCode.SHARE_FULL,
            ErrorCode.MODEL_LOADING));

    private EngineFaults() {}

    static boolean isRecoverable(ErrorCode code) {
        return RECOVERABLE.contains(code);
    }

    /**
     * Whether the engine counts as failed; one that is full, leaving or loading is well. One that says that a request failed may say so of that
     * request alone, and else says itself that its model has failed: otherwise one caller's requests would keep everybody's from all engines.
     */
    static boolean isFailure(ErrorCode code) {
        return code == ErrorCode.REPLICA_LOST || code == ErrorCode.REPLICA_UNAVAILABLE;
    }

    /** Whether an engine that would have to load the model first is worth asking: what is full or loading elsewhere is sooner there. */
    static boolean isGone(ErrorCode code) {
        return code == ErrorCode.REPLICA_LOST || code == ErrorCode.REPLICA_UNAVAILABLE || code == ErrorCode.DRAINING;
    }
}
