package dev.foretoken.scheduler.loop;

/** How far a loop's life has come; it only moves down this list, but that a broken one can still be stopped. */
public enum LoopPhase {
    SERVING,
    /** Takes nothing new, finishes what it has. */
    DRAINING,
    /** Fails what it still has and ends. */
    STOPPING,
    /** Too many steps failed one after the other: everything was failed and nothing is taken. */
    BROKEN,
    ENDED,
    ;
}
