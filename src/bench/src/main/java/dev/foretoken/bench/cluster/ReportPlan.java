package dev.foretoken.bench.cluster;

/** When pods report: soon after something has changed, and now and then where nothing does. */
final class ReportPlan {

    private final long every;
    private final long heartbeat;
    private final EventQueue events;
    private final boolean[] changed;
    private final long[] last;
    /** When a pod reports next; the queue may still hold reports that were put forward. */
    private final long[] next;

    ReportPlan(ReportTimes times, int pods, EventQueue events) {
        this.every = times.every().toNanos();
        this.heartbeat = times.heartbeat().toNanos();
        this.events = events;
        this.changed = new boolean[pods];
        this.last = new long[pods];
        this.next = new long[pods];
    }

    /** Something has changed at a pod: it reports as soon as it may. */
    void touch(int pod, long now) {
        if (!changed[pod]) {
            changed[pod] = true;
            plan(pod, Math.max(now, last[pod] + every));
        }
    }

    /** Whether the report that is due now was not put forward. */
    boolean isDue(int pod, long now) {
        return now == next[pod];
    }

    /** It reports now. */
    void told(int pod, long now) {
        last[pod] = now;
        changed[pod] = false;
    }

    /** It reports again, if nothing changes. */
    void planHeartbeat(int pod, long now) {
        plan(pod, now + heartbeat);
    }

    private void plan(int pod, long at) {
        if (next[pod] <= last[pod] || at < next[pod]) {
            next[pod] = at;
            events.add(at, EventQueue.Kind.REPORT, pod);
        }
    }
}
