package dev.foretoken.bench.serve;

/** When requests are sent. */
public sealed interface Arrivals {

    /** So many clients; each sends its next request when its last has ended. */
    record ClosedLoop(int concurrency) implements Arrivals {
        public ClosedLoop {
            if (concurrency < 1) {
                throw new IllegalArgumentException("--concurrency " + concurrency + "; expected at least 1");
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
