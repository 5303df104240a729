package dev.foretoken.registry.remote;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Notices a body that drips: less than {@link RemoteLimits#STALL_BYTES} in the longest time without progress. For one thread. */
final class Stall {

    private final Duration longest;
    private final LongSupplier nanoTime;
    private long since;
    private long bytes;

    Stall(Duration longest, LongSupplier nanoTime) {
        this.longest = longest;
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    void progressed(int more) throws IOException {
        bytes += more;
        long now = nanoTime.getAsLong();
        if (bytes >= RemoteLimits.STALL_BYTES) {
            bytes = 0;
            since = now;
        } else if (now - since > longest.toNanos()) {
            throw new IOException("fewer than " + RemoteLimits.STALL_BYTES + " bytes came in " + longest);
        }
    }
}
