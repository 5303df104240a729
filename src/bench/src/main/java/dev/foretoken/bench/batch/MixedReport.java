package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.LatencySummary;
import dev.foretoken.bench.stats.Spread;

/**
 * What callers and batches get of one engine; its JSON form is the file format {@code foretoken.bench.batch-mixed/1}.
 *
 * @param without callers alone, all rounds together
 * @param with callers beside a full topic
 * @param batchAloneTokensPerSecond of a full topic without callers
 * @param batchTokensPerSecond of the topic beside callers
 * @param shareOfRest of each round: what batches get over what callers leave, which is their share of what batches make alone
 */
record MixedReport(
        String schema,
        Provenance provenance,
        Load load,
        Callers without,
        Callers with,
        Ratios ratios,
        Spread batchAloneTokensPerSecond,
        Spread batchTokensPerSecond,
        Spread shareOfRest) {

    static final String SCHEMA = "foretoken.bench.batch-mixed/1";

    /**
     * What was asked for.
     *
     * @param inFlight most requests of batches at a time
     * @param capacityPerSecond of callers' requests where only they are computed, many at a time, measured at the beginning
     * @param callersPerSecond arrivals
     */
    record Load(
            String model,
            String numericsId,
            TextShape callers,
            TextShape batch,
            int inFlight,
            double capacityPerSecond,
            double callersPerSecond,
            int seconds) {}

    /** In the measured seconds. */
    record Callers(LatencySummary ttftSeconds, LatencySummary itlSeconds) {}

    /** Of the 99th percentiles, with batches over without; {@code ttftRounds} and {@code itlRounds} of each round by itself. */
    record Ratios(double ttft, double itl, Spread ttftRounds, Spread itlRounds) {}
}
