package dev.foretoken.gateway.tracing;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Times of spans, in nanoseconds since 1970, from a clock that never steps back.
 *
 * @param nanoClock monotonic
 * @param epochNanos since 1970
 */
record SpanTimes(LongSupplier nanoClock, LongSupplier epochNanos) {

    static final TimeUnit UNIT = TimeUnit.NANOSECONDS;

    long now() {
        return nanoClock.getAsLong();
    }

    /** When the monotonic clock showed {@code nanos}. */
    long epoch(long nanos) {
        return epochNanos.getAsLong() - (nanoClock.getAsLong() - nanos);
    }
}
