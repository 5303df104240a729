package dev.foretoken.batch.flight;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How a request that failed is tried again.
 *
 * @param first longest wait before the second try; each wait may be twice as long as the one before
 * @param longest wait
 * @param tries of one request that may fail; those that find no room are not counted
 */
public record BackoffConfig(Duration first, Duration longest, int tries) {

    private static final Duration MOST = Duration.ofHours(1);

    public static final BackoffConfig DEFAULT = new BackoffConfig(Duration.ofMillis(200), Duration.ofSeconds(30), 8);

    public BackoffConfig {
        requireRange("batch.retry.first", first, Duration.ofMillis(1), MOST);
        requireRange("batch.retry.longest", longest, Duration.ofMillis(1), MOST);
        require(longest.compareTo(first) >= 0, "batch.retry.longest", longest, "at least batch.retry.first=" + first);
        requireRange("batch.retry.tries", tries, 1, 1000);
    }
}
