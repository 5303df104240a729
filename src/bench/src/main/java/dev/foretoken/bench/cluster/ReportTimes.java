package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * When pods tell gateways of themselves, and how long all that they say is on its way.
 *
 * @param every least time between two reports of a pod
 * @param heartbeat most time between two reports of a pod that has nothing to do
 * @param delay until gateways hear what a pod says, reports and tokens
 * @param staleAfter age from which a report is not believed
 */
record ReportTimes(Duration every, Duration heartbeat, Duration delay, Duration staleAfter) {

    static final ReportTimes DEFAULT = new ReportTimes(
            Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofMillis(5), Duration.ofSeconds(1));

    /** Of many pods with little to do. */
    static final ReportTimes SELDOM = new ReportTimes(
            Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofMillis(5), Duration.ofSeconds(30));

    ReportTimes {
        requireRange("reports.every", every, Duration.ofMillis(1), Duration.ofMinutes(1));
        requireRange("reports.heartbeat", heartbeat, every, Duration.ofMinutes(1));
        requireRange("reports.delay", delay, Duration.ofNanos(1000), Duration.ofMinutes(1));
        requireRange("reports.stale-after", staleAfter, heartbeat, Duration.ofMinutes(10));
    }
}
