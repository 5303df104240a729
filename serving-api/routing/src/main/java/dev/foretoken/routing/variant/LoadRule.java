package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;
import java.util.Optional;

/**
 * When callers who agree are answered by a cheaper variant of the same version, and when they are no longer.
 *
 * @param variant the cheaper one, by its name within the version
 * @param minRetention share of the questions that the version's imported variant answers right which the cheaper one must have been measured to
 *     answer right, 0 to 1
 * @param ttft time to first token that all but one in ten answers should keep; empty: it is not looked at
 * @param queue sequences that may wait in an engine, on average; empty: they are not looked at
 * @param leave share of both limits below which load is over: less than 1, or the switch would flap at the limit
 * @param enterAfter how long an objective has to be missed before anybody is led away
 * @param leaveAfter how long both have to be kept, by that share, before all are led back
 */
public record LoadRule(
        String variant,
        double minRetention,
        Optional<Duration> ttft,
        Optional<Integer> queue,
        double leave,
        Duration enterAfter,
        Duration leaveAfter) {

    private static final Duration LONGEST = Duration.ofHours(1);

    public LoadRule {
        require(!variant.isBlank() && variant.indexOf('@') < 0, "under_load.variant", variant, "a variant's own name");
        require(minRetention >= 0 && minRetention <= 1, "under_load.min_retention", minRetention, "in [0, 1]");
        require(
                ttft.isPresent() || queue.isPresent(),
                "under_load",
                "{}",
                "given an objective: ttft_ms, queue or both");
        ttft.ifPresent(limit -> requireRange("under_load.ttft_ms", limit, Duration.ofMillis(1), LONGEST));
        queue.ifPresent(limit -> requireRange("under_load.queue", limit, 1, 1_000_000));
        require(leave > 0 && leave < 1, "under_load.leave", leave, "between 0 and 1");
        requireRange("under_load.enter_after_ms", enterAfter, Duration.ZERO, LONGEST);
        requireRange("under_load.leave_after_ms", leaveAfter, Duration.ZERO, LONGEST);
    }
}
