package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fairness.TenantPlaces;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests a loop has accepted, how many of them have not begun, and when there will be room for more. How much of each tenant may wait is
 * {@link TenantPlaces}. Any thread.
 */
final class TensorAccounts {

    private static final Duration LEAST_RETRY = Duration.ofMillis(1);
    private static final Duration UNKNOWN_RETRY = Duration.ofSeconds(1);
    private static final Duration MOST_RETRY = Duration.ofSeconds(60);

    private final RunCost cost;
    private final TenantPlaces queue;
    private final TenantPlaces bytes;
    private final AtomicLong queuedTokens = new AtomicLong();
    private final AtomicInteger live = new AtomicInteger();
    private volatile long lastAccepted;

    TensorAccounts(TensorConfig config, RunCost cost) {
        this.queue = new TenantPlaces(config.maxQueuedRequests());
        this.bytes = new TenantPlaces(config.maxQueuedBytes() / 2);
        this.cost = cost;
    }

    /** Counts a request in, or refuses it with the time after which there should be room. */
    void accept(TensorCall call) {
        if (!queue.take(call.tenant, call.weight, 1)) {
            throw full(queue, call.tenant, 1, " requests", " (tensor.max-queued-requests)");
        }
        if (!bytes.take(call.tenant, call.weight, places(call))) {
            queue.leave(call.tenant, 1);
            throw full(bytes, call.tenant, places(call), " bytes", "");
        }
        queuedTokens.addAndGet(call.work.tokens());
        live.incrementAndGet();
        lastAccepted = call.submittedAt;
    }

    /** Empty inputs count, too. */
    private static long places(TensorCall call) {
        return Math.max(1, call.work.bytes());
    }

    /** Undoes {@link #accept}. */
    void withdraw(TensorCall call) {
        leftQueue(call);
        call.leave();
    }

    void leftQueue(TensorCall call) {
        queue.leave(call.tenant, 1);
        bytes.leave(call.tenant, places(call));
        queuedTokens.addAndGet(-call.work.tokens());
    }

    void ended() {
        live.decrementAndGet();
    }

    private ForetokenException full(TenantPlaces of, String tenant, long places, String unit, String option) {
        long own = of.taken(tenant);
        String why = own == 0
                ? of.taken() + unit + " of all tenants wait already, at most " + of.mostOfAll() + " may"
                : own + unit + " of this tenant wait already, at most " + of.most() + " may" + option
                        + ", and fewer beside others";
        return new ForetokenException(of.refusal(tenant, places), why + "; try again later")
                .withRetryAfter(retryAfter());
    }

    /** Time in which, at the measured speed, what waits is worked off. */
    private Duration retryAfter() {
        if (cost.nanosPerToken() == 0) {
            return UNKNOWN_RETRY;
        }
        double nanos = Math.min(MOST_RETRY.toNanos(), queuedTokens.get() * cost.nanosPerToken());
        Duration time = Duration.ofNanos((long) nanos);
        return time.compareTo(LEAST_RETRY) < 0 ? LEAST_RETRY : time;
    }

    /** When the newest request came; 0 before the first. */
    long lastAccepted() {
        return lastAccepted;
    }

    int live() {
        return live.get();
    }

    int queued() {
        return (int) queue.taken();
    }
}
