package dev.foretoken.scheduler;

/** What happened to a copy of recurrent states. */
public enum CheckpointEvent {
    /** Kept for others to find. */
    SAVED,
    /** A sequence goes on from it. */
    RESTORED,
    /** Given up to make room for another. */
    EVICTED,
    /** Not made, because every other one was in use. */
    SKIPPED,
    ;
}
