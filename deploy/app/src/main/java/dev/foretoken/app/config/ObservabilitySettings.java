package dev.foretoken.app.config;

import dev.foretoken.gateway.metrics.MetricPrefix;

/**
 * How the process is watched.
 *
 * @param metrics what the names begin with that inference gateways look for
 */
public record ObservabilitySettings(MetricPrefix metrics) {
    public static final ObservabilitySettings DEFAULT = new ObservabilitySettings(MetricPrefix.DEFAULT);
}
