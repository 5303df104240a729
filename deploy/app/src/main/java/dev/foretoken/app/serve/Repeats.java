package dev.foretoken.app.serve;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Which sentences were said shortly before. Of bounded size. Any thread. */
final class Repeats {

    private static final long SHORTLY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int MOST = 1000;

    private final LongSupplier nanoTime;
    private final Map<String, Long> saidAt = new HashMap<>();

    Repeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether it is to be said. */
    synchronized boolean isNews(String sentence) {
        long now = nanoTime.getAsLong();
        Long last = saidAt.get(sentence);
        if (last != null && now - last < SHORTLY_NANOS) {
            return false;
        }
        if (saidAt.size() >= MOST) {
            saidAt.clear();
        }
        saidAt.put(sentence, now);
        return true;
    }
}
