package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.UploadLimits;
import java.util.function.LongSupplier;

/** Refuses a body that comes so slowly that it only keeps its place: the pace that is asked of uploads to the registry. For one thread. */
final class ArrivalPace {

    private static final UploadLimits LIMITS = UploadLimits.DEFAULT;

    private final LongSupplier nanos;
    private long windowStart;
    private long windowBytes;

    /** @param nanos monotonic */
    ArrivalPace(LongSupplier nanos) {
        this.nanos = nanos;
        this.windowStart = nanos.getAsLong();
    }

    /** @throws ForetokenException DEADLINE_EXCEEDED */
    void arrived(int bytes) {
        windowBytes += bytes;
        long now = nanos.getAsLong();
        if (now - windowStart <= LIMITS.window().toNanos()) {
            return;
        }
        if (windowBytes < LIMITS.slowest()) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "the file arrives too slowly: " + windowBytes + " bytes in "
                            + LIMITS.window().toSeconds() + " s, at least " + LIMITS.slowest()
                            + " are expected; send it again");
        }
        windowStart = now;
        windowBytes = 0;
    }
}
