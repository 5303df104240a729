package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fairness.TenantPlaces;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many sequences a loop has accepted, how many of them have not run yet, and how fast it works them off. How many of each tenant may wait is
 * {@link TenantPlaces}. Any thread.
 */
final class LoopAccounts {

    private static final Duration LEAST_RETRY = Duration.ofSeconds(1);
    private static final Duration MOST_RETRY = Duration.ofSeconds(60);
    /** Share of the past that is kept with each step: the last few dozen steps count. */
    private static final double KEEP = 0.97;

    private final TenantPlaces queue;
    private final AtomicInteger live = new AtomicInteger();
    private final AtomicLong liveTokens = new AtomicLong();
    private final AtomicLong ends = new AtomicLong();
    private double recentTokens;
    private double recentNanos;
    private volatile double tokensPerNano;
    private volatile long lastAccepted;

    /** @param maxQueued of one tenant */
    LoopAccounts(int maxQueued) {
        this.queue = new TenantPlaces(maxQueued);
    }

    /** Counts a request in, or refuses it with the time after which there should be room. */
    void accept(LoopGeneration generation) {
        int choices = generation.request.choices();
        if (choices > queue.most()) {
            throw ForetokenException.invalid("n", "n is " + choices + ", this server queues at most " + queue.most());
        }
        if (!queue.take(generation.tenant(), generation.request.service().weight(), choices)) {
            throw refusal(generation);
        }
        live.addAndGet(choices);
        liveTokens.addAndGet(generation.weight());
        lastAccepted = generation.submittedAt;
    }

    /** Undoes {@link #accept} for a request that never reached the loop. */
    void withdraw(LoopGeneration generation) {
        int choices = generation.request.choices();
        queue.leave(generation.tenant(), choices);
        live.addAndGet(-choices);
        liveTokens.addAndGet(-generation.weight());
    }

    private ForetokenException refusal(LoopGeneration generation) {
        String tenant = generation.tenant();
        int choices = generation.request.choices();
        long own = queue.taken(tenant);
        String why = own == 0
                ? queue.taken() + " sequences of all tenants wait already, at most " + queue.mostOfAll() + " may"
                : own + " sequences of this tenant wait already, at most " + queue.most()
                        + " may, and fewer beside others";
        return refusal(queue.refusal(tenant, choices), why, choices);
    }

    /** Of a request that the loop cannot take, whosever it is. */
    ForetokenException full(LoopGeneration generation) {
        return refusal(ErrorCode.QUEUE_FULL, "this model has too much to do", generation.request.choices());
    }

    private ForetokenException refusal(ErrorCode code, String why, int choices) {
        return new ForetokenException(code, why + "; try again later").withRetryAfter(retryAfter(choices));
    }

    /** Time in which, at the measured speed, as many average sequences are worked off. */
    Duration retryAfter(int choices) {
        double rate = tokensPerNano;
        int sequences = live.get();
        if (rate <= 0 || sequences == 0) {
            return LEAST_RETRY;
        }
        double tokens = (double) liveTokens.get() / sequences * choices;
        Duration time = Duration.ofNanos((long) Math.min(MOST_RETRY.toNanos(), tokens / rate));
        return time.compareTo(LEAST_RETRY) < 0 ? LEAST_RETRY : time;
    }

    /** One of its sequences. */
    void leftQueue(LoopGeneration generation) {
        queue.leave(generation.tenant(), 1);
    }

    void ended(LoopGeneration generation) {
        live.decrementAndGet();
        ends.incrementAndGet();
        liveTokens.addAndGet(-generation.weight() / generation.request.choices());
    }

    /** Sequences that have ended so far. */
    long ends() {
        return ends.get();
    }

    /** When the newest request came; 0 before the first. */
    long lastAccepted() {
        return lastAccepted;
    }

    int live() {
        return live.get();
    }

    /** Called by the loop after each step. */
    void stepDone(int tokens, long nanos) {
        recentTokens = KEEP * recentTokens + tokens;
        recentNanos = KEEP * recentNanos + nanos;
        tokensPerNano = recentNanos <= 0 ? 0 : recentTokens / recentNanos;
    }
}
