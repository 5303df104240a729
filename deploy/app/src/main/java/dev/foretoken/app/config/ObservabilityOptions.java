package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.metrics.MetricPrefix;
import dev.foretoken.gateway.tracing.TracingConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

    @Option(
            names = "--otlp-endpoint",
            paramLabel = "URL",
            defaultValue = "${env:FORETOKEN_OTLP_ENDPOINT:-${env:OTEL_EXPORTER_OTLP_ENDPOINT}}",
            description =
                    "Collector that traces of requests are sent to, by OpenTelemetry's protocol over HTTP: http://HOST:4318. The environment variable OTEL_EXPORTER_OTLP_ENDPOINT counts too. Default: none, and no traces.")
    @Nullable
    String otlpEndpoint;

    @Option(
            names = "--trace-share",
            paramLabel = "SHARE",
            defaultValue = "${env:FORETOKEN_TRACE_SHARE:-1}",
            description =
                    "Share of requests that are traced, 0 to 1; where a caller's traceparent says whether, that counts. Default: ${DEFAULT-VALUE}.")
    double traceShare = 1;

    ObservabilitySettings settings() {
        return new ObservabilitySettings(new MetricPrefix(metricsPrefix), tracing());
    }

    /** An empty environment variable is none. */
    private Optional<TracingConfig> tracing() {
        return Optional.ofNullable(otlpEndpoint)
                .filter(text -> !text.isEmpty())
                .map(text -> new TracingConfig(uri(text), traceShare));
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "otlp-endpoint is no URL, must be http://HOST:PORT or https://HOST:PORT");
        }
    }
}
