package dev.foretoken.gateway.admission;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fairness.TenantPlaces;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Counts the requests under way, refuses what is beyond a tenant's share, and lets a shutdown wait for the rest.
 *
 * <p>The time after which to retry follows from Little: a tenant's p requests of mean duration d free one of its places every d/p.
 */
public final class Admission {

    private static final double WEIGHT_OF_NEWEST = 0.1;
    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final TenantPlaces places;
    private final int mostOfBatches;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Arrivals arrivals = new Arrivals();
    private int batches;
    private boolean draining;
    private double meanNanos;

    /**
     * @param most requests of one tenant; how tenants share them is {@link TenantPlaces}
     * @param nanoClock monotonic, as {@link System#nanoTime}
     */
    public Admission(int most, LongSupplier nanoClock) {
        this.places = new TenantPlaces(most);
        this.mostOfBatches = Math.max(1, most / 2);
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

    /** @throws ForetokenException QUEUE_FULL or SHARE_FULL with the time to retry, DRAINING */
    public Permit enter(Tenant tenant) {
        lock.lock();
        try {
            if (draining) {
                throw new ForetokenException(ErrorCode.DRAINING, "this server is shutting down; send to another one")
                        .withRetryAfter(SHORTEST_RETRY);
            }
            if (!places.take(tenant.id(), tenant.weight(), 1)) {
                throw full(tenant.id());
            }
            return new Place(tenant.id(), nanoClock.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private ForetokenException full(String tenant) {
        long own = places.taken(tenant);
        String why = own == 0
                ? "this server works on as many requests as it takes"
                : "this server works on " + own + " requests of this tenant, its share now";
        return new ForetokenException(places.refusal(tenant, 1), why + "; retry later")
                .withRetryAfter(retryAfter(own == 0 ? places.taken() : own));
    }

    /** Half of what one tenant may have: no one waits for an answer to a batch, so that it leaves room for those who do. */
    public int mostOfBatches() {
        return mostOfBatches;
    }

    /**
     * A place among the requests of batches, whoever brings them. It is none of {@link #enter}, which a request of a batch needs too.
     *
     * @throws ForetokenException QUEUE_FULL with the time to retry
     */
    public Permit enterBatch() {
        lock.lock();
        try {
            if (batches >= mostOfBatches) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                "this server works on " + batches + " requests of batches, its limit; retry later")
                        .withRetryAfter(retryAfter(batches));
            }
            batches++;
            return new BatchPlace();
        } finally {
            lock.unlock();
        }
    }

    private Duration retryAfter(long working) {
        Duration estimate = Duration.ofNanos((long) (meanNanos / working));
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
            while (places.taken() > 0 && left > 0) {
                left = changed.awaitNanos(left);
            }
            return places.taken() == 0;
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

    /** Requests of all tenants. */
    public int underWay() {
        return (int) places.taken();
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

        private final String tenant;
        private final long enteredAt;
        private boolean left;

        Place(String tenant, long enteredAt) {
            this.tenant = tenant;
            this.enteredAt = enteredAt;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!left) {
                    left = true;
                    places.leave(tenant, 1);
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
