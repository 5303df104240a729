package dev.foretoken.registry.job;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How jobs are run.
 *
 * @param lease after which a job that nobody hears of is another's; clocks of machines that share a database must agree to a few seconds
 * @param beat how often a runner says that it lives
 * @param poll how often an idle runner looks for jobs of other processes
 * @param mostOpen jobs queued and running at once
 * @param logBytes of one job's log
 */
public record JobSettings(Duration lease, Duration beat, Duration poll, int mostOpen, int logBytes) {
    public static final JobSettings DEFAULTS =
            new JobSettings(Duration.ofSeconds(30), Duration.ofSeconds(3), Duration.ofSeconds(1), 64, 4 << 20);

    public JobSettings {
        requireRange("jobs.beat", beat, Duration.ofMillis(1), Duration.ofMinutes(1));
        requireRange("jobs.lease", lease, beat.multipliedBy(2), Duration.ofHours(1));
        requireRange("jobs.poll", poll, Duration.ofMillis(1), Duration.ofMinutes(1));
        requireRange("jobs.most-open", mostOpen, 1, 10_000);
        requireRange("jobs.log-bytes", logBytes, 1 << 10, 1 << 30);
    }
}
