package dev.foretoken.app.config;

import dev.foretoken.gateway.metrics.MetricPrefix;
import picocli.CommandLine.Option;

/** Options about metrics and traces. */
public final class ObservabilityOptions {

    @Option(
            names = "--metrics-prefix",
            paramLabel = "PREFIX",
            defaultValue = "${env:FORETOKEN_METRICS_PREFIX:-vllm:}",
            description =
                    "What the names of the metrics begin with that inference gateways look for on /metrics. Names that are ours alone begin with foretoken_. Default: ${DEFAULT-VALUE}.")
    String metricsPrefix = MetricPrefix.DEFAULT.text();

    ObservabilitySettings settings() {
        return new ObservabilitySettings(new MetricPrefix(metricsPrefix));
    }
}
