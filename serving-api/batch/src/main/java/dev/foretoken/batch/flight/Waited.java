package dev.foretoken.batch.flight;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * How long requests had waited {@link Aside} whose answers are not with the broker: the same worker may get them again, and counts on from there.
 * Bounded: the oldest are forgotten. Any thread.
 */
public final class Waited {

    private final int most;
    private final SequencedMap<String, Duration> waited = new LinkedHashMap<>();

    /** @param most requests that are known */
    public Waited(int most) {
        this.most = most;
    }

    synchronized void keep(String id, Duration total) {
        waited.put(id, total);
        if (waited.size() > most) {
            waited.pollFirstEntry();
        }
    }

    /** Of a request that has come, or whose answer is with the broker; whoever has it now says how long it waited in all. */
    synchronized Duration take(String id) {
        Duration total = waited.remove(id);
        return total == null ? Duration.ZERO : total;
    }
}
