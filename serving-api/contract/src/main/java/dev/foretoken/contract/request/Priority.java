package dev.foretoken.contract.request;

/** Strict service classes, most urgent first. A lower class runs in what the higher ones leave. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW,
    /** Offline work: only when nothing interactive waits. */
    BATCH,
    ;
}
