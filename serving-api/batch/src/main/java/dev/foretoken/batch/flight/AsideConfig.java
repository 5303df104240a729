package dev.foretoken.batch.flight;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How long requests without a deadline wait for something else than room in an engine.
 *
 * @param places of all requests that are held
 * @param bytes of all requests that are held
 * @param longest all pauses of a request together
 * @param crowded the same, while such requests take more than half of all places or bytes, and those of its tenant and model no less than others
 */
public record AsideConfig(int places, long bytes, Duration longest, Duration crowded) {

    public AsideConfig {
        requireRange("batch.longest-wait", longest, Duration.ofMillis(1), Duration.ofDays(365));
        requireRange("batch.crowded-wait", crowded, Duration.ofMillis(1), Duration.ofDays(365));
        require(
                crowded.compareTo(longest) <= 0,
                "batch.crowded-wait",
                crowded,
                "at most batch.longest-wait=" + longest);
    }
}
