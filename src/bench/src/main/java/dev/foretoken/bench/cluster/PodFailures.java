package dev.foretoken.bench.cluster;

import java.util.SplittableRandom;

/** Which pods are down, and when the others fail. Draws for itself, so that the same requests come whether pods fail or not. */
final class PodFailures {

    /** Tells its seed from that of the load. */
    private static final long OWN = 0x2545F4914F6CDD1DL;

    private final Failures failures;
    private final boolean[] down;
    private final SplittableRandom random;

    PodFailures(Failures failures, int pods, long seed) {
        this.failures = failures;
        this.down = new boolean[pods];
        this.random = new SplittableRandom(seed ^ OWN);
    }

    boolean happen() {
        return failures.happen();
    }

    /** Nanoseconds until a pod that runs fails. */
    long distance() {
        return (long) (-Math.log(1 - random.nextDouble()) * failures.everySeconds() * 1e9);
    }

    boolean isDown(int pod) {
        return down[pod];
    }

    /** Returns nanoseconds until it is back. */
    long fail(int pod) {
        down[pod] = true;
        return (long) (failures.downSeconds() * 1e9);
    }

    void comeBack(int pod) {
        down[pod] = false;
    }
}
