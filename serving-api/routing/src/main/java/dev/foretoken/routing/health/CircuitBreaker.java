package dev.foretoken.routing.health;

/**
 * Leaves an engine alone that fails. Closed: requests go there. Open: none does, for a time. Then one request tries it: if that succeeds the
 * breaker closes, else it opens for twice the time. Used under its owner's lock; times are of a monotonic clock, in nanoseconds.
 */
final class CircuitBreaker {

    private final BreakerConfig config;
    private final OutcomeWindow window;
    private int failuresInARow;
    private boolean open;
    private long openedAt;
    private long openNanos;
    private boolean trying;
    private long triedAt;

    CircuitBreaker(BreakerConfig config, long now) {
        this.config = config;
        this.window = new OutcomeWindow(config.window().toNanos(), now);
        this.openNanos = config.openFor().toNanos();
    }

    /** Whether requests should go elsewhere. A try of which nothing is heard for as long as the breaker was open is forgotten. */
    boolean isOpen(long now) {
        return open && (now - openedAt < openNanos || (trying && now - triedAt < openNanos));
    }

    /** A request goes there. */
    void asked(long now) {
        if (open && !isOpen(now)) {
            trying = true;
            triedAt = now;
        }
    }

    /** Whether that closed it. What is heard of requests that were sent before it opened says nothing of now. */
    boolean succeeded(long now) {
        if (open && !trying) {
            return false;
        }
        boolean closes = open;
        if (closes) {
            open = false;
            trying = false;
            openNanos = config.openFor().toNanos();
            window.clear();
        }
        failuresInARow = 0;
        window.count(true, now);
        return closes;
    }

    void failed(long now) {
        if (open) {
            if (trying) {
                open(now, Math.min(2 * openNanos, config.longestOpen().toNanos()));
            }
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
    void released() {
        trying = false;
    }

    private void open(long now, long nanos) {
        open = true;
        trying = false;
        openedAt = now;
        openNanos = nanos;
        failuresInARow = 0;
        window.clear();
    }
}
