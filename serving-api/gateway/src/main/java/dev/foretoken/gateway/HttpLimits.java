package dev.foretoken.gateway;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * What one connection may cost.
 *
 * @param maxBodyBytes largest request body
 * @param maxPrompts prompts in one completion request
 * @param maxRequests requests of one tenant under way at once; of all tenants at most twice as many
 * @param maxUnsentBytes bytes of one stream that wait for a slow reader; beyond it only that stream waits
 * @param stallTimeout longest time a reader may take nothing before its stream is given up
 * @param bodyTimeout longest time a request's body may take to arrive
 * @param quietTimeout longest time a connection may have no request: before its first one, between two, and while the headers of one arrive
 * @param maxConnections open at once
 */
public record HttpLimits(
        int maxBodyBytes,
        int maxPrompts,
        int maxRequests,
        int maxUnsentBytes,
        Duration stallTimeout,
        Duration bodyTimeout,
        Duration quietTimeout,
        int maxConnections) {

    public static final HttpLimits DEFAULT =
            new HttpLimits(8 << 20, 128, 1024, 256 << 10, Duration.ofSeconds(60), Duration.ofSeconds(60));

    /** What a connection may hold without asking for anything is as by default. */
    public HttpLimits(
            int maxBodyBytes,
            int maxPrompts,
            int maxRequests,
            int maxUnsentBytes,
            Duration stallTimeout,
            Duration bodyTimeout) {
        this(
                maxBodyBytes,
                maxPrompts,
                maxRequests,
                maxUnsentBytes,
                stallTimeout,
                bodyTimeout,
                Duration.ofMinutes(2),
                8192);
    }

    public HttpLimits quietFor(Duration time) {
        return new HttpLimits(
                maxBodyBytes, maxPrompts, maxRequests, maxUnsentBytes, stallTimeout, bodyTimeout, time, maxConnections);
    }

    public HttpLimits withMaxConnections(int most) {
        return new HttpLimits(
                maxBodyBytes, maxPrompts, maxRequests, maxUnsentBytes, stallTimeout, bodyTimeout, quietTimeout, most);
    }

    public HttpLimits {
        requireRange("gateway.max-body-bytes", maxBodyBytes, 1024, 1 << 30);
        requireRange("gateway.max-prompts", maxPrompts, 1, 4096);
        requireRange("gateway.max-requests", maxRequests, 1, 1 << 20);
        requireRange("gateway.max-unsent-bytes", maxUnsentBytes, 1024, 1 << 30);
        requireRange("gateway.stall-timeout", stallTimeout, Duration.ofMillis(10), Duration.ofHours(1));
        requireRange("gateway.body-timeout", bodyTimeout, Duration.ofMillis(10), Duration.ofHours(1));
        requireRange("gateway.quiet-timeout", quietTimeout, Duration.ofMillis(10), Duration.ofHours(1));
        requireRange("gateway.max-connections", maxConnections, 1, 1 << 20);
    }
}
