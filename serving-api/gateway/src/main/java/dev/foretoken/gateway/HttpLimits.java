package dev.foretoken.gateway;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * What one connection may cost.
 *
 * @param maxBodyBytes largest request body
 * @param maxPrompts prompts in one completion request
 * @param maxRequests requests under way at once
 * @param maxUnsentBytes bytes of one stream that wait for a slow reader; beyond it only that stream waits
 * @param stallTimeout longest time a reader may take nothing before its stream is given up
 * @param bodyTimeout longest time a request's body may take to arrive
 */
public record HttpLimits(
        int maxBodyBytes,
        int maxPrompts,
        int maxRequests,
        int maxUnsentBytes,
        Duration stallTimeout,
        Duration bodyTimeout) {

    public static final HttpLimits DEFAULT =
            new HttpLimits(8 << 20, 128, 1024, 256 << 10, Duration.ofSeconds(60), Duration.ofSeconds(60));

    public HttpLimits {
        requireRange("gateway.max-body-bytes", maxBodyBytes, 1024, 1 << 30);
        requireRange("gateway.max-prompts", maxPrompts, 1, 4096);
        requireRange("gateway.max-requests", maxRequests, 1, 1 << 20);
        requireRange("gateway.max-unsent-bytes", maxUnsentBytes, 1024, 1 << 30);
        requireRange("gateway.stall-timeout", stallTimeout, Duration.ofMillis(10), Duration.ofHours(1));
        requireRange("gateway.body-timeout", bodyTimeout, Duration.ofMillis(10), Duration.ofHours(1));
    }
}
