package dev.foretoken.batch.flight;

import dev.foretoken.batch.Room;

/**
 * How many requests may be under way. Nobody knows beforehand how many an engine takes: it depends on its memory, on the length of prompts and
 * answers, and on what others ask of it. So the limit grows while engines have room and shrinks when they are full, as congestion control of
 * networks does: added to, multiplied down, and doubled until the engines are full for the first time.
 *
 * <p>It grows only where it is what holds requests back, and while fewer wait for an engine than would be started in one of its next steps: a few
 * that wait keep an engine's rows filled, more only take memory of this process and their place in the queue. Between two changes there is time for
 * the first to show.
 */
public final class FlightLimit {

    /** Of the requests that run, one in so many may wait. */
    private static final int WAITING_SHARE = 8;

    private final FlightConfig config;
    private final long paceNanos;
    private int limit;
    private boolean wasFull;
    private boolean shrank;
    private boolean changed;
    private long changedAt;

    public FlightLimit(FlightConfig config) {
        this.config = config;
        this.paceNanos = config.pace().toNanos();
        this.limit = config.first();
    }

    /** At least 1: where engines are full, the answer to one request says when they no longer are. */
    public int limit() {
        return limit;
    }

    /**
     * Takes what engines report. Called as often as one likes.
     *
     * @param inFlight requests of this batch under way
     * @param nanos of a monotonic clock
     */
    public void report(Room room, int inFlight, long nanos) {
        if (!settled(nanos)) {
            return;
        }
        int waiting = room.waiting();
        int tolerated = Math.max(1, room.running() / WAITING_SHARE);
        if (waiting > tolerated || room.freeShare() < config.scarce()) {
            shrink(inFlight, nanos);
        } else if (waiting == 0 && room.freeShare() >= 2 * config.scarce() && inFlight >= limit) {
            grow(nanos);
        }
    }

    /**
     * An engine refused a request because its queue is full, which is believed at once. Refusals of what was started before the limit shrank say
     * nothing new.
     *
     * @param inFlight requests of this batch under way, the refused one among them
     * @param nanos of a monotonic clock
     */
    public void refused(int inFlight, long nanos) {
        if (!shrank || settled(nanos)) {
            shrink(inFlight, nanos);
        }
    }

    private boolean settled(long nanos) {
        return !changed || nanos - changedAt >= paceNanos;
    }

    /** From what is under way, not from a limit that nothing came near. */
    private void shrink(int inFlight, long nanos) {
        wasFull = true;
        shrank = true;
        int used = Math.max(1, Math.min(limit, inFlight));
        set(Math.max(1, (int) (used * config.shrinkTo())), nanos);
    }

    private void grow(long nanos) {
        shrank = false;
        long wider = wasFull ? (long) limit + config.step() : 2L * limit;
        set((int) Math.min(config.most(), wider), nanos);
    }

    private void set(int wanted, long nanos) {
        limit = wanted;
        changed = true;
        changedAt = nanos;
    }
}
