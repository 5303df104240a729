package dev.foretoken.routing.health;

/**
 * One request to an engine. What becomes of it counts for what the engine was when it was asked: of requests from before a breaker opened, nothing
 * does. Any thread; times are of one monotonic clock, in nanoseconds.
 */
public final class EndpointCall {

    private final EndpointHealth health;
    /** How often the engine's breaker had opened. */
    final int opening;
    /** Whether it tries if the engine is well again. */
    final boolean probe;

    private boolean failed;

    EndpointCall(EndpointHealth health, int opening, boolean probe) {
        this.health = health;
        this.opening = opening;
        this.probe = probe;
    }

    /** The engine has begun to answer. */
    public void succeeded(long now) {
        health.succeeded(this, now);
    }

    /** The engine could not be reached, was lost, or broke. Counts once, however many choices of the request say it. */
    public void failed(long now) {
        health.failed(this, now);
    }

    /** The engine refused, or nobody waited any more: that says nothing of it. */
    public void released(long now) {
        health.released(this, now);
    }

    /** Whether it fails for the first time. Under the lock of its engine's health. */
    boolean fails() {
        boolean first = !failed;
        failed = true;
        return first;
    }
}
