package dev.foretoken.gateway.metrics;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.ModelServerMetrics;
import java.util.regex.Pattern;

/**
 * What the page puts in the place of {@link ModelServerMetrics#PREFIX}.
 *
 * @param text ends in a colon or an underscore
 */
public record MetricPrefix(String text) {

    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}[:_]");

    /** The names that inference gateways look for. */
    public static final MetricPrefix DEFAULT = new MetricPrefix(ModelServerMetrics.PREFIX);

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID */
    public MetricPrefix {
        require(
                ALLOWED.matcher(text).matches(),
                "metrics-prefix",
                text,
                "2 to 64 letters, digits or underscores, not a digit first, and a colon or an underscore last");
    }

    /** The metric as the page shows it. */
    Metric shown(Metric metric) {
        return metric.name().startsWith(ModelServerMetrics.PREFIX)
                ? new Metric(
                        text + metric.name().substring(ModelServerMetrics.PREFIX.length()),
                        metric.help(),
                        metric.labels())
                : metric;
    }
}
