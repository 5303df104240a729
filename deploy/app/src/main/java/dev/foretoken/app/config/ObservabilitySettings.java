package dev.foretoken.app.config;

import dev.foretoken.gateway.metrics.MetricPrefix;
import dev.foretoken.gateway.tracing.TracingConfig;
import java.util.Optional;

/**
 * How the process is watched.
 *
 * @param metrics what the names begin with that inference gateways look for
 * @param tracing where spans go; empty = there are none
 */
public record ObservabilitySettings(MetricPrefix metrics, Optional<TracingConfig> tracing) {
    public static final ObservabilitySettings DEFAULT =
            new ObservabilitySettings(MetricPrefix.DEFAULT, Optional.empty());
}
