package dev.foretoken.routing.health;

/** What is known of one engine by how requests fared there. Any thread; times are of one monotonic clock, in nanoseconds. */
public final class EndpointHealth {

    private final HealthConfig config;
    private final CircuitBreaker breaker;
    private final Runnable opened;
    private long appearedAt;
    private long usedAt;
    private boolean away;

    /** @param opened told when the breaker opens */
    EndpointHealth(HealthConfig config, long now, Runnable opened) {
        this.config = config;
        this.opened = opened;
        this.breaker = new CircuitBreaker(config.breaker(), now);
        this.appearedAt = now;
        this.usedAt = now;
    }

    /** Whether requests should go elsewhere. */
    public synchronized boolean isOpen(long now) {
        return breaker.isOpen(now);
    }

    /** Factor on the times it promises, from 1 on. */
    public synchronized double slowness(long now) {
        long ramp = config.slowStart().toNanos();
        long since = now - appearedAt;
        double atFirst = config.slownessPercent() / 100.0;
        return since >= ramp ? 1 : atFirst - (atFirst - 1) * since / ramp;
    }

    /** It says that it can answer, or does not. One that can again starts slowly. */
    public synchronized void seen(boolean ready, long now) {
        usedAt = now;
        if (ready && away) {
            appearedAt = now;
        }
        away = !ready;
    }

    /** A request goes there; {@link #succeeded}, {@link #failed} or {@link #released} follows, or nothing where nobody waited. */
    public synchronized void asked(long now) {
        usedAt = now;
        breaker.asked(now);
    }

    /** It has begun to answer. */
    public synchronized void succeeded(long now) {
        usedAt = now;
        if (breaker.succeeded(now)) {
            appearedAt = now;
        }
    }

    /** It could not be reached, was lost, or broke. */
    public synchronized void failed(long now) {
        usedAt = now;
        breaker.failed(now);
        if (breaker.isOpen(now)) {
            opened.run();
        }
    }

    /** It refused, or nobody waited any more: that says nothing of it. */
    public synchronized void released(long now) {
        usedAt = now;
        breaker.released();
    }

    /** Whether there is nothing to remember of it: not open, and not heard of for {@code nanos}. */
    synchronized boolean isForgettable(long now, long nanos) {
        return now - usedAt >= nanos && !breaker.isOpen(now);
    }
}
