package dev.foretoken.bench.cluster;

/**
 * When pods fail: what they hold and compute is gone at once, and they come back empty.
 *
 * @param everySeconds mean of the exponentially distributed times that a pod runs; 0 = none fails
 * @param downSeconds until it is back
 */
record Failures(double everySeconds, double downSeconds) {

    /** Three years. */
    private static final double MOST_SECONDS = 1e8;

    static final Failures NONE = new Failures(0, 0);

    Failures {
        if (!isTime(everySeconds) || !isTime(downSeconds)) {
            throw new IllegalArgumentException("pods that fail every " + everySeconds + " s for " + downSeconds
                    + " s; expected 0 to " + MOST_SECONDS + " s");
        }
    }

    private static boolean isTime(double seconds) {
        return seconds >= 0 && seconds <= MOST_SECONDS;
    }

    boolean happen() {
        return everySeconds > 0;
    }
}
