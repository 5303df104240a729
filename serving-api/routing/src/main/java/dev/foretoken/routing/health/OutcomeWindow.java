package dev.foretoken.routing.health;

/** Outcomes of the last window, in two halves of which the older is dropped as a whole. Times are of a monotonic clock, in nanoseconds. */
final class OutcomeWindow {

    private final long halfNanos;
    private final int[] succeeded = new int[2];
    private final int[] failed = new int[2];
    private long begunAt;

    OutcomeWindow(long nanos, long now) {
        this.halfNanos = Math.max(1, nanos / 2);
        this.begunAt = now;
    }

    void count(boolean success, long now) {
        turn(now);
        if (success) {
            succeeded[0]++;
        } else {
            failed[0]++;
        }
    }

    void clear() {
        for (int half = 0; half < 2; half++) {
            succeeded[half] = 0;
            failed[half] = 0;
        }
    }

    int failures() {
        return failed[0] + failed[1];
    }

    int outcomes() {
        return failures() + succeeded[0] + succeeded[1];
    }

    private void turn(long now) {
        long passed = now - begunAt;
        if (passed < halfNanos) {
            return;
        }
        boolean next = passed < 2 * halfNanos;
        succeeded[1] = next ? succeeded[0] : 0;
        failed[1] = next ? failed[0] : 0;
        succeeded[0] = 0;
        failed[0] = 0;
        begunAt = next ? begunAt + halfNanos : now;
    }
}
