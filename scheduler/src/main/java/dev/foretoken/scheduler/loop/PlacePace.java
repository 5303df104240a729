package dev.foretoken.scheduler.loop;

/** How long it takes until a sequence ends and leaves its place to one that waits. Looked at now and then, while some wait. */
public final class PlacePace {

    /** What the last look adds. */
    private static final double SHARE = 0.3;

    private double nanos;
    private boolean counting;
    private long since;
    private long before;

    /** {@code ends}: sequences that have ended so far. */
    public void look(long now, long ends, int waiting) {
        if (waiting == 0) {
            counting = false;
            nanos = 0;
        } else if (!counting) {
            counting = true;
            since = now;
            before = ends;
        } else if (ends > before) {
            double each = (double) (now - since) / (ends - before);
            nanos = nanos == 0 ? each : nanos + SHARE * (each - nanos);
            since = now;
            before = ends;
        }
    }

    /** Average time between two ends; 0 where nobody waits or none has ended yet. */
    public double nanos() {
        return nanos;
    }
}
