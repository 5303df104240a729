package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulates gateways and pods at the same time, each on a core of its own where there are two. Pods hear of gateways at once, gateways of pods after a delay. So pods can be
 * simulated up to where gateways are, gateways for as long as the delay beyond where pods are, and both side by side where each round takes half of it:
 * bounded lag (Lubachevsky 1989, "Efficient Distributed Event-Driven Simulations of Multiple-Loop Networks"). What comes out is the same however the
 * threads run.
 */
final class Lockstep {

    static final String PODS_THREAD = "simulated-pods";

    /** Rounds are short: who waits looks so often before it leaves the core to others. */
    private static final int LOOKS = 1 << 14;

    private static final long OVER = -1;
    /** Rounds. */
    private static final int TOLD_EVERY = 1 << 8;

    private final GatewaySide gateways;
    private final PodSide pods;
    private final long delay;
    private final int threads;

    /** Until when pods are simulated in this round. */
    private long podsUntil;

    /** Rounds that pods were asked for, or {@link #OVER}. */
    private volatile long asked;

    /** Rounds that pods are done with. */
    private volatile long done;

    private volatile @Nullable Throwable failure;

    /**
     * @param delay nanoseconds until gateways hear what pods say, at least 2
     * @param threads 1 = the two sides take turns, 2 = each has a thread, which takes a core even while it waits
     */
    Lockstep(GatewaySide gateways, PodSide pods, long delay, int threads) {
        requireRange("threads", threads, 1, 2);
        this.gateways = gateways;
        this.pods = pods;
        this.delay = delay;
        this.threads = threads;
    }

    /** Until nothing happens any more; {@code clock} is told now and then which nanosecond it is. */
    void run(LongConsumer clock) {
        if (threads == 1) {
            simulate(clock);
            return;
        }
        Thread thread = Thread.ofPlatform().daemon().name(PODS_THREAD).start(this::simulatePods);
        try {
            simulate(clock);
        } finally {
            asked = OVER;
            join(thread);
        }
    }

    private void simulate(LongConsumer clock) {
        long gatewaysAt = 0;
        long podsAt = 0;
        for (int round = 0; true; round++) {
            if (round % TOLD_EVERY == 0) {
                clock.accept(gatewaysAt);
            }
            pods.hear(gateways.sent());
            gateways.hear(pods.said());
            long first = Math.min(gateways.next(), pods.next());
            if (first == Side.NEVER) {
                return;
            }
            podsAt = Math.max(podsAt, first);
            gatewaysAt = Math.max(gatewaysAt, first);
            podsUntil = gatewaysAt;
            gatewaysAt = Math.min(podsAt + delay, gatewaysAt + delay / 2);
            podsAt = podsUntil;
            if (threads == 1) {
                pods.runUntil(podsUntil);
                gateways.runUntil(gatewaysAt);
            } else {
                round(gatewaysAt);
            }
        }
    }

    private void round(long gatewaysUntil) {
        boolean together = pods.next() < podsUntil;
        if (together) {
            asked++;
        }
        gateways.runUntil(gatewaysUntil);
        for (int looks = 0; together && done != asked; looks++) {
            pause(looks);
        }
        Throwable failed = failure;
        if (failed != null) {
            throw new IllegalStateException("pods: " + failed.getMessage(), failed);
        }
    }

    private void simulatePods() {
        long round = 0;
        while (true) {
            for (int looks = 0; asked == round; looks++) {
                pause(looks);
            }
            if (asked == OVER) {
                return;
            }
            round++;
            try {
                pods.runUntil(podsUntil);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            done = round;
        }
    }

    private static void pause(int looks) {
        if (looks < LOOKS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
