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
    /** That of every process, each by days of its own: forwards, and back to behind the true time. */
    JUMPED_CLOCKS,
    /** No process can write a file. */
    FULL_DISK,
}
