package dev.foretoken.gateway.http;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.error.HttpStatus;
import io.vertx.ext.web.RoutingContext;
import java.util.function.LongSupplier;

/** Counts requests and their latency by route template, method and status; never by the path a caller has sent. */
final class HttpMetrics {

    private static final Metric REQUESTS =
            Metric.of("foretoken_http_requests_total", "HTTP responses.", "route", "method", "status");
    private static final Metric LATENCY =
            Metric.of("foretoken_http_request_seconds", "Arrival to the end of the response.", "route");
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };
    private static final double NANOS = 1e9;

    private final Telemetry telemetry;
    private final LongSupplier nanoClock;

    HttpMetrics(Telemetry telemetry, LongSupplier nanoClock) {
        this.telemetry = telemetry;
        this.nanoClock = nanoClock;
    }

    void follow(RoutingContext routing, long arrivedAt) {
        routing.addEndHandler(end -> {
            String route = RouteTemplate.of(routing);
            int status =
                    end.failed() ? HttpStatus.CLIENT_CLOSED : routing.response().getStatusCode();
            telemetry
                    .counter(REQUESTS, route, method(routing), Integer.toString(status))
                    .increment();
            telemetry.histogram(LATENCY, BOUNDS, route).observe((nanoClock.getAsLong() - arrivedAt) / NANOS);
        });
    }

    private static String method(RoutingContext routing) {
        String name = routing.request().method().name();
        return switch (name) {
            case "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS" -> name;
            default -> "other";
        };
    }
}
