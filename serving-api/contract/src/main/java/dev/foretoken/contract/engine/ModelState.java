package dev.foretoken.contract.engine;

/** Where a variant stands in its life in this process. */
public enum ModelState {
    LOADING,
    READY,
    /** Finishes what it has and takes nothing new. */
    DRAINING,
    FAILED,
    /** Known and not loaded; the first request loads it. */
    AVAILABLE,
    ;
}
