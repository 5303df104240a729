package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * What a tenant may ask for.
 *
 * @param requestsPerMinute 0 = as many as come
 * @param tokensPerMinute of prompts and answers; 0 = as many as come
 * @param concurrentRequests under way at once; 0 = as many as come
 */
public record TenantLimits(long requestsPerMinute, long tokensPerMinute, int concurrentRequests) {

    public static final TenantLimits NONE = new TenantLimits(0, 0, 0);

    private static final long MOST_PER_MINUTE = 1_000_000_000_000L;
    private static final int MOST_AT_ONCE = 1_000_000;

    public TenantLimits {
        requireRange("tenant.requests-per-minute", requestsPerMinute, 0, MOST_PER_MINUTE);
        requireRange("tenant.tokens-per-minute", tokensPerMinute, 0, MOST_PER_MINUTE);
        requireRange("tenant.concurrent-requests", concurrentRequests, 0, MOST_AT_ONCE);
    }
}
