package dev.foretoken.bench.serve;

import java.time.Duration;

/** When requests are sent. */
public sealed interface Arrivals {

    /**
     * So many clients; each sends its next request when its last has ended and it has thought about the answer.
     *
     * @param think mean of the exponentially distributed time that takes, before the first request too; zero: none
     */
    record ClosedLoop(int concurrency, Duration think) implements Arrivals {
        /** Clients that do not think. */
        public ClosedLoop(int concurrency) {
            this(concurrency, Duration.ZERO);
        }

        public ClosedLoop {
            if (concurrency < 1 || think.isNegative()) {
                throw new IllegalArgumentException("--concurrency %d --think %s; expected at least 1 and no less than 0"
                        .formatted(concurrency, think));
            }
        }
    }

    /** Requests come at random times that do not depend on answers. {@code perSecond}: mean rate. */
    record Poisson(double perSecond, int maxInFlight) implements Arrivals {
        public Poisson {
            if (!(perSecond > 0) || maxInFlight < 1) {
                throw new IllegalArgumentException(
                        "--rate %s --max-in-flight %d; expected both above 0".formatted(perSecond, maxInFlight));
            }
        }
    }
}
