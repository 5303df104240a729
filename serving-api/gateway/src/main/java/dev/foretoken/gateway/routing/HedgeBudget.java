package dev.foretoken.gateway.routing;

/**
 * How many requests may be sent to a second engine: a bounded share of all, so that a cluster whose engines are all slow does not get twice the
 * work. Every request adds a part of a hedge, and a hedge takes a whole one (as gRPC throttles retries: proposal A6). Any thread.
 */
final class HedgeBudget {

    /** A hedge for so many requests: 5 %. */
    static final int REQUESTS_PER_HEDGE = 20;
    /** So many at once, after a time without any. */
    static final int MOST = 10;

    private int parts = MOST * REQUESTS_PER_HEDGE;

    synchronized void request() {
        parts = Math.min(parts + 1, MOST * REQUESTS_PER_HEDGE);
    }

    /** Whether there is one. */
    synchronized boolean take() {
        if (parts < REQUESTS_PER_HEDGE) {
            return false;
        }
        parts -= REQUESTS_PER_HEDGE;
        return true;
    }
}
