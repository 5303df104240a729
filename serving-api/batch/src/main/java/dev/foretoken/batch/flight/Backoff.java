package dev.foretoken.batch.flight;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a request that failed is tried again: after a time that doubles with each try, of which at least the half is waited and the rest is chance,
 * so that requests which failed together do not come back together. Never when the answer would come too late to be of use.
 */
public final class Backoff {

    private final BackoffConfig config;
    private final RandomGenerator random;

    public Backoff(BackoffConfig config, RandomGenerator random) {
        this.config = config;
        this.random = random;
    }

    /**
     * How long to wait before the next try.
     *
     * @param failed tries of this request so far that failed, which are counted
     * @param refused tries so far that found no room, which are not; together at least 1
     * @param now of the deadline's clock
     * @return empty = it is not tried again
     */
    public Optional<Duration> next(int failed, int refused, Instant now, Optional<Instant> deadline) {
        int tries = failed + refused;
        if (tries < 1) {
            throw new IllegalArgumentException(
                    "a request that failed was tried once at least, not " + tries + " times");
        }
        if (failed >= config.tries()) {
            return Optional.empty();
        }
        Duration wait = wait(tries);
        boolean tooLate = deadline.isPresent() && !now.plus(wait).isBefore(deadline.get());
        return tooLate ? Optional.empty() : Optional.of(wait);
    }

    private Duration wait(int tries) {
        long longest = config.longest().toNanos();
        long bound = config.first().toNanos();
        for (int i = 1; i < tries && bound < longest; i++) {
            bound = Math.min(2 * bound, longest);
        }
        return Duration.ofNanos(bound - random.nextLong(bound / 2 + 1));
    }
}
