package dev.foretoken.scheduler.host;

import java.time.Duration;
import java.util.Optional;

/** How fast variants are loaded here: measured, newer loads count more. Any thread. */
final class LoadSpeed {

    private static final double KEEP = 0.7;
    private static final Duration LEAST = Duration.ofSeconds(1);

    private double bytes;
    private double nanos;

    synchronized void loaded(long size, long time) {
        bytes = KEEP * bytes + size;
        nanos = KEEP * nanos + time;
    }

    /** How long so many bytes take, at least a second; empty before anything was loaded. */
    synchronized Optional<Duration> time(long size) {
        if (bytes <= 0) {
            return Optional.empty();
        }
        Duration time = Duration.ofNanos((long) (size * (nanos / bytes)));
        return Optional.of(time.compareTo(LEAST) < 0 ? LEAST : time);
    }
}
