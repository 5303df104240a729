package dev.foretoken.bench.cluster;

import dev.foretoken.bench.stats.LatencySummary;

/**
 * What became of one tenant's requests that came after the warm-up.
 *
 * @param sent that came
 * @param limited of them: the tenant had what it may ask for
 * @param answered of them
 * @param ttft of requests that got a token
 */
record TenantOutcome(String tenant, long sent, long limited, long answered, LatencySummary ttft) {}
