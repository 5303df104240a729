package dev.foretoken.e2e.chaos;

/** What happens to a fleet. */
enum Fault {
    KILLED_POD,
    FROZEN_POD,
    KILLED_GATEWAY,
    /** Those between the gateways and one pod end. */
    CUT_CONNECTIONS,
    /** Those between the gateways and one pod stay open and carry nothing. */
    STALLED_CONNECTIONS,
    /** No process can write a file. */
    FULL_DISK,
}
