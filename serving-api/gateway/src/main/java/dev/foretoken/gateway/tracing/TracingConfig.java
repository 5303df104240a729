package dev.foretoken.gateway.tracing;

import static dev.foretoken.contract.ConfigCheck.require;

import java.net.URI;

/**
 * Where spans go.
 *
 * @param endpoint of a collector that takes OpenTelemetry's protocol over HTTP: {@code http://host:4318}
 * @param share of requests that are traced when their caller does not say it, 0 to 1
 */
public record TracingConfig(URI endpoint, double share) {

    private static final String PATH = "v1/traces";

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID */
    public TracingConfig {
        boolean http = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
        require(
                http && endpoint.getHost() != null && endpoint.getUserInfo() == null,
                "otlp-endpoint",
                endpoint.getUserInfo() == null ? endpoint : "(an address with credentials)",
                "http://HOST:PORT or https://HOST:PORT, without user and password");
        require(share >= 0 && share <= 1, "trace-share", share, "in [0, 1]");
    }

    /** The collector's path for traces, below the endpoint. */
    URI traces() {
        String base = endpoint.toString();
        return URI.create(base.endsWith("/") ? base + PATH : base + "/" + PATH);
    }
}
