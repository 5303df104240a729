package dev.foretoken.gateway.model;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Locale;

/**
 * How many engines there are, by whether they report: for as long as they do not, which no outcome of requests says, since none is sent to them.
 * Counted and not by name: there are more engines than a family may have series.
 */
public final class EndpointMetrics {

    private static final Metric KNOWN =
            Metric.of("foretoken_endpoints", "Engines that are known, by whether they report.", "state");

    private EndpointMetrics() {}

    public static void register(Telemetry telemetry, EngineSet engines) {
        for (Contact state : Contact.values()) {
            telemetry.gauge(KNOWN, () -> count(engines, state), state.name().toLowerCase(Locale.ROOT));
        }
    }

    private static long count(EngineSet engines, Contact state) {
        return engines.now().stream()
                .filter(endpoint -> contact(endpoint) == state)
                .count();
    }

    /** An engine of this process needs to tell nobody. */
    private static Contact contact(EngineEndpoint endpoint) {
        return endpoint.engine() instanceof ReportedEngine reported ? reported.contact() : Contact.REPORTING;
    }
}
