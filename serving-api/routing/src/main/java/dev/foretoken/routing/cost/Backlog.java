package dev.foretoken.routing.cost;

/**
 * The work ahead of a new prompt at one engine, as far as it is known: it gets less as time goes by, grows with what is sent, and is what the
 * engine says when that says it. (A queue seen from outside: Lindley's recursion.) Times are of one monotonic clock, in nanoseconds.
 */
public final class Backlog {

    private double emptyAt = Double.NEGATIVE_INFINITY;

    /** The engine had {@code nanos} of work at {@code at}. */
    public void reported(double nanos, long at) {
        emptyAt = at + nanos;
    }

    /** {@code nanos} more were given to it. */
    public void sent(double nanos, long now) {
        emptyAt = Math.max(emptyAt, now) + nanos;
    }

    /** What is left of it. */
    public double nanos(long now) {
        return Math.max(0, emptyAt - now);
    }

    /** When nothing is left: orders engines by their work without looking at the time. */
    public double emptyAt() {
        return emptyAt;
    }
}
