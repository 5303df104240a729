package dev.foretoken.contract.telemetry;

import java.util.List;

/**
 * A metric family.
 *
 * @param name Prometheus name with its unit; our own names have no colon, names of other servers we answer to may
 * @param labels label names; values must come from a bounded set
 */
public record Metric(String name, String help, List<String> labels) {
    public Metric {
        labels = List.copyOf(labels);
    }

    public static Metric of(String name, String help, String... labels) {
        return new Metric(name, help, List.of(labels));
    }
}
