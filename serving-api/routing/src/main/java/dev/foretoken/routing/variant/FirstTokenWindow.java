package dev.foretoken.routing.variant;

/** The newest times to first token: so many, and none older than asked for. One thread at a time. */
final class FirstTokenWindow {

    private static final int MOST = 256;

    private final long[] at = new long[MOST];
    private final long[] nanos = new long[MOST];
    private int next;
    private int size;

    void add(long now, long timeToFirstToken) {
        at[next] = now;
        nanos[next] = timeToFirstToken;
        next = (next + 1) % MOST;
        size = Math.min(size + 1, MOST);
    }

    /** Share, 0 to 1, of those of the last {@code window} nanoseconds that took longer than {@code limit}; 0 where there were none. */
    double late(long now, long window, double limit) {
        int seen = 0;
        int late = 0;
        for (int i = 0; i < size; i++) {
            if (now - at[i] <= window) {
                seen++;
                late += nanos[i] > limit ? 1 : 0;
            }
        }
        return seen == 0 ? 0 : (double) late / seen;
    }
}
