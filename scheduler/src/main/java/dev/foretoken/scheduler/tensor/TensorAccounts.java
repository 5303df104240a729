package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many requests a loop has accepted, how many of them have not begun, and when there will be room for more. Any thread. */
final class TensorAccounts {

    private static final Duration LEAST_RETRY = Duration.ofMillis(1);
    private static final Duration UNKNOWN_RETRY = Duration.ofSeconds(1);
    private static final Duration MOST_RETRY = Duration.ofSeconds(60);

    private final TensorConfig config;
    private final RunCost cost;
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong queuedTokens = new AtomicLong();
    private final AtomicInteger live = new AtomicInteger();
    private volatile long lastAccepted;

    TensorAccounts(TensorConfig config, RunCost cost) {
        this.config = config;
        this.cost = cost;
    }

    /** Counts a request in, or refuses it with the time after which there should be room. */
    void accept(TensorCall call) {
        int before = queued.getAndIncrement();
        long bytesBefore = queuedBytes.getAndAdd(call.work.bytes());
        queuedTokens.addAndGet(call.work.tokens());
        live.incrementAndGet();
        if (before >= config.maxQueuedRequests()) {
            withdraw(call);
            throw full(before + " requests wait already, at most " + config.maxQueuedRequests()
                    + " may (tensor.max-queued-requests)");
        }
        if (bytesBefore + call.work.bytes() > config.maxQueuedBytes()) {
            withdraw(call);
            throw full("requests with " + bytesBefore + " bytes wait already, at most " + config.maxQueuedBytes()
                    + " bytes may (tensor.max-queued-bytes)");
        }
        lastAccepted = call.submittedAt;
    }

    /** Undoes {@link #accept}. */
    void withdraw(TensorCall call) {
        leftQueue(call);
        call.leave();
    }

    void leftQueue(TensorCall call) {
        queued.decrementAndGet();
        queuedBytes.addAndGet(-call.work.bytes());
        queuedTokens.addAndGet(-call.work.tokens());
    }

    void ended() {
        live.decrementAndGet();
    }

    private ForetokenException full(String why) {
        return new ForetokenException(ErrorCode.QUEUE_FULL, why + "; try again later").withRetryAfter(retryAfter());
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
        return queued.get();
    }
}
