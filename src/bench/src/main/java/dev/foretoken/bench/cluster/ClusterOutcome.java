package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.LatencySummary;
import java.util.List;

/**
 * What became of the requests. All but the counts of requests are of the time after the warm-up.
 *
 * @param sent requests that came, all told
 * @param answered of them
 * @param refused of them: too many waited at every pod that was asked
 * @param limited of them: their tenants had what they may ask for
 * @param lost of them: pods failed, and no other could go on
 * @param moved times that a request got a token of another pod after its own had failed
 * @param answersPerSecond while requests came
 * @param ttft of requests that were answered
 * @param hitRate tokens that pods found of the prompts they began, of all tokens of these
 * @param decisions of all gateways
 * @param reports that each gateway heard, of all pods, a second
 * @param cacheEvents that each gateway heard, of all pods, a second
 * @param tenants in the order of the load
 */
record ClusterOutcome(
        long sent,
        long answered,
        long refused,
        long limited,
        long lost,
        long moved,
        double answersPerSecond,
        LatencySummary ttft,
        double hitRate,
        long decisions,
        double reports,
        double cacheEvents,
        List<TenantOutcome> tenants) {}
