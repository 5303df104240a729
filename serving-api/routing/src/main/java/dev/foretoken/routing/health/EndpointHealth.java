package dev.foretoken.routing.health;

import java.util.Optional;

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

    /** Whether it is trusted again. */
    synchronized boolean isClosed() {
        return breaker.isClosed();
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

    /** A request goes there, unless requests should go elsewhere. Of many that ask at once one alone tries an engine that had failed. */
    public synchronized Optional<EndpointCall> tryAsk(long now) {
        return breaker.isOpen(now) ? Optional.empty() : Optional.of(asked(now));
    }

    /** A request goes there in any case: there is no other engine. */
    public synchronized EndpointCall asked(long now) {
        usedAt = now;
        return breaker.asked(this, now);
    }

    synchronized void succeeded(EndpointCall call, long now) {
        usedAt = now;
        if (breaker.succeeded(call, now)) {
            appearedAt = now;
        }
    }

    synchronized void failed(EndpointCall call, long now) {
        usedAt = now;
        breaker.failed(call, now);
        if (breaker.isOpen(now)) {
            opened.run();
        }
    }

    synchronized void released(EndpointCall call, long now) {
        usedAt = now;
        breaker.released(call);
    }

    /** Whether there is nothing to remember of it: not open, and not heard of for {@code nanos}. */
    synchronized boolean isForgettable(long now, long nanos) {
        return now - usedAt >= nanos && !breaker.isOpen(now);
    }
}
