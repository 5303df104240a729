package dev.foretoken.gateway.admission;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Counts the requests under way, refuses what is beyond the limit, and lets a shutdown wait for the rest.
 *
 * <p>The time after which to retry follows from Little: requests of mean duration d on p places free one every d/p.
 */
public final class Admission {

    private static final double WEIGHT_OF_NEWEST = 0.1;
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final int places;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Arrivals arrivals = new Arrivals();
    private int taken;
    private int batches;
    private boolean draining;
    private double meanNanos;

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    public Admission(int places, LongSupplier nanoClock) {
        this.places = places;
        this.nanoClock = nanoClock;
    }

    /** Requests that have not asked for a place yet. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /** A place among the requests under way; closing it more than once has no effect. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws ForetokenException QUEUE_FULL with the time to retry, DRAINING */
    public Permit enter() {
        lock.lock();
        try {
            if (draining) {
                throw new ForetokenException(ErrorCode.DRAINING, "this server is shutting down; send to another one")
                        .withRetryAfter(SHORTEST_RETRY);
            }
            if (taken >= places) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                "this server works on " + places + " requests, its limit; retry later")
                        .withRetryAfter(retryAfter());
            }
            taken++;
            return new Place(nanoClock.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /** Half of the places: no one waits for an answer to a batch, so that it leaves room for those who do. */
    public int mostOfBatches() {
        return Math.max(1, places / 2);
    }

    /**
     * A place among the requests of batches, whoever brings them. It is none of {@link #enter}, which a request of a batch needs too.
     *
     * @throws ForetokenException QUEUE_FULL with the time to retry
     */
    public Permit enterBatch() {
        lock.lock();
        try {
            if (batches >= mostOfBatches()) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                "this server works on " + batches + " requests of batches, its limit; retry later")
                        .withRetryAfter(retryAfter());
            }
            batches++;
            return new BatchPlace();
        } finally {
            lock.unlock();
        }
    }

    private Duration retryAfter() {
        Duration estimate = Duration.ofNanos((long) (meanNanos / places));
        return estimate.compareTo(SHORTEST_RETRY) < 0
                ? SHORTEST_RETRY
                : estimate.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : estimate;
    }

    /** Refuses every further request. */
    public void drain() {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no request is under way. Returns whether that was so in time. */
    public boolean awaitEmpty(Duration grace) throws InterruptedException {
        long left = grace.toNanos();
        lock.lock();
        try {
            while (taken > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return taken == 0;
        } finally {
            lock.unlock();
        }
    }

    public boolean isDraining() {
        lock.lock();
        try {
            return draining;
        } finally {
            lock.unlock();
        }
    }

    public int underWay() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private final class BatchPlace implements Permit {

        private boolean left;

        @Override
        public void close() {
            lock.lock();
            try {
                batches -= left ? 0 : 1;
                left = true;
            } finally {
                lock.unlock();
            }
        }
    }

    private final class Place implements Permit {

        private final long enteredAt;
        private boolean left;

        Place(long enteredAt) {
            this.enteredAt = enteredAt;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!left) {
                    left = true;
                    taken--;
                    long spent = nanoClock.getAsLong() - enteredAt;
                    meanNanos += (spent - meanNanos) * (meanNanos == 0 ? 1 : WEIGHT_OF_NEWEST);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
