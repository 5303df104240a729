package dev.foretoken.routing.health;

import org.jspecify.annotations.Nullable;

/**
 * Leaves an engine alone that fails. Closed: requests go there. Open: none does, for a time. Then one request tries it: if that succeeds the
 * breaker closes, else it opens for twice the time. A try of which nothing is heard for as long as the breaker was open is followed by another,
 * so that one that was lost does not keep it open; its success counts when it comes after all. Used under its owner's lock; times are of a
 * monotonic clock, in nanoseconds.
 */
final class CircuitBreaker {

    private final BreakerConfig config;
    private final OutcomeWindow window;
    private int failuresInARow;
    private boolean open;
    private long openedAt;
    private long openNanos;
    private int openings;
    private @Nullable EndpointCall probe;
    private long probedAt;

    CircuitBreaker(BreakerConfig config, long now) {
        this.config = config;
        this.window = new OutcomeWindow(config.window().toNanos(), now);
        this.openNanos = config.openFor().toNanos();
    }

    /** Whether requests should go elsewhere. */
    boolean isOpen(long now) {
        return open && (now - openedAt < openNanos || (probe != null && now - probedAt < openNanos));
    }

    /** Whether nothing is amiss, and not only time for another try. */
    boolean isClosed() {
        return !open;
    }

    /** A request goes there: where it is time for one that tries it, as that one. */
    EndpointCall asked(EndpointHealth health, long now) {
        boolean tries = open && !isOpen(now);
        EndpointCall call = new EndpointCall(health, openings, tries);
        if (tries) {
            probe = call;
            probedAt = now;
        }
        return call;
    }

    /** Whether that closed it. */
    boolean succeeded(EndpointCall call, long now) {
        if (!counts(call)) {
            return false;
        }
        boolean closes = open;
        if (closes) {
            open = false;
            probe = null;
            openNanos = config.openFor().toNanos();
            window.clear();
        }
        failuresInARow = 0;
        window.count(true, now);
        return closes;
    }

    /** What is heard of requests that were sent before it opened says nothing of now. Nor does what goes there while it is open, but for tries. */
    private boolean counts(EndpointCall call) {
        return call.opening == openings && (!open || call.probe);
    }

    void failed(EndpointCall call, long now) {
        if (!counts(call) || !call.fails()) {
            return;
        }
        if (open) {
            open(now, Math.min(2 * openNanos, config.longestOpen().toNanos()));
            return;
        }
        failuresInARow++;
        window.count(false, now);
        boolean share = window.outcomes() >= config.leastOutcomes()
                && 100L * window.failures() >= (long) config.failurePercent() * window.outcomes();
        if (share || failuresInARow >= config.consecutiveFailures()) {
            open(now, config.openFor().toNanos());
        }
    }

    /** A request ended without saying anything of the engine. */
    void released(EndpointCall call) {
        if (probe == call) {
            probe = null;
        }
    }

    private void open(long now, long nanos) {
        open = true;
        openings++;
        probe = null;
        openedAt = now;
        openNanos = nanos;
        failuresInARow = 0;
        window.clear();
    }
}
