package dev.foretoken.bench.cluster;

/**
 * When pods fail: what they hold and compute is gone at once, and they come back empty.
 *
 * @param everySeconds mean of the exponentially distributed times that a pod runs; 0 = none fails
 * @param downSeconds until it is back
 */
record Failures(double everySeconds, double downSeconds) {

    static final Failures NONE = new Failures(0, 0);

    Failures {
        if (!(everySeconds >= 0) || !(downSeconds >= 0)) {
            throw new IllegalArgumentException("pods that fail every " + everySeconds + " s for " + downSeconds
                    + " s; expected times that are not negative");
        }
    }

    boolean happen() {
        return everySeconds > 0;
    }
}
