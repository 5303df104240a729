package dev.foretoken.bench.serve;

import java.time.Duration;

/**
 * When a run stops sending: after {@code requests} or after {@code duration}, whichever comes first; a request in flight
 * is waited for, each at most {@code patience}.
 */
record LoadLimits(int requests, Duration duration, Duration patience) {
    static final Duration UNLIMITED = Duration.ofDays(365);

    LoadLimits {
        if (requests < 1 || duration.isNegative() || duration.isZero() || !patience.isPositive()) {
            throw new IllegalArgumentException("--requests %d --duration %s --timeout %s; expected all above 0"
                    .formatted(requests, duration, patience));
        }
    }
}
