package dev.foretoken.bench.cluster;

/** One of the two sides of a simulation: gateways, or pods. */
interface Side {

    /** There is nothing to happen any more. */
    long NEVER = Long.MAX_VALUE;

    /** When something happens next, or {@link #NEVER}. */
    long next();

    /** Lets happen what happens before {@code until}. */
    void runUntil(long until);
}
