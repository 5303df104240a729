package dev.foretoken.routing.variant;

import java.time.Duration;

/**
 * Whether load asks for the cheaper variant now: switched on when an objective has been missed for a while, and off when both have been kept
 * with room to spare for a longer while. In between it stays as it is. Any thread; times are those of one monotonic clock, in nanoseconds.
 */
public final class LoadSwitch {

    /** Times to first token older than this say nothing of now. */
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();

    private static final double TOLERATED_LATE = 0.1;

    private final LoadRule rule;
    private final FirstTokenWindow firstTokens = new FirstTokenWindow();
    private boolean on;
    /** Whether what would flip the switch holds, and since when. */
    private boolean turning;

    private long turningSince;
    private long switches;

    public LoadSwitch(LoadRule rule) {
        this.rule = rule;
    }

    /** One answer of the variant that the name leads to has begun. */
    public synchronized void firstToken(long now, long timeToFirstToken) {
        firstTokens.add(now, timeToFirstToken);
    }

    /** @param waiting sequences that wait in an engine of the variant that the name leads to, on average */
    public synchronized boolean isOn(long now, double waiting) {
        boolean turns = on ? isKept(now, waiting) : isMissed(now, waiting);
        if (turns && !turning) {
            turningSince = now;
        }
        turning = turns;
        long hold = (on ? rule.leaveAfter() : rule.enterAfter()).toNanos();
        if (turning && now - turningSince >= hold) {
            on = !on;
            turning = false;
            switches++;
        }
        return on;
    }

    /** As it was left by the last question. */
    public synchronized boolean isOn() {
        return on;
    }

    /** How often it was switched, on or off. */
    public synchronized long switches() {
        return switches;
    }

    private boolean isMissed(long now, double waiting) {
        return isBeyond(now, waiting, 1);
    }

    private boolean isKept(long now, double waiting) {
        return !isBeyond(now, waiting, rule.leave());
    }

    private boolean isBeyond(long now, double waiting, double share) {
        boolean queues = rule.queue().filter(limit -> waiting > limit * share).isPresent();
        return queues
                || rule.ttft()
                        .filter(limit -> firstTokens.late(now, WINDOW, limit.toNanos() * share) > TOLERATED_LATE)
                        .isPresent();
    }
}
