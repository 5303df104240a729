package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.LatencySummary;

/**
 * What became of the requests. All but the counts of requests are of the time after the warm-up.
 *
 * @param sent requests that came, all told
 * @param answered of them
 * @param refused of them: too many waited where they were sent
 * @param answersPerSecond while requests came
 * @param ttft of requests that were answered
 * @param hitRate tokens that pods found of the prompts they began, of all tokens of these
 * @param decisions of all gateways
 * @param reports that each gateway heard, of all pods, a second
 * @param cacheEvents that each gateway heard, of all pods, a second
 */
record ClusterOutcome(
        long sent,
        long answered,
        long refused,
        double answersPerSecond,
        LatencySummary ttft,
        double hitRate,
        long decisions,
        double reports,
        double cacheEvents) {}
