package dev.foretoken.gateway.metrics;

import dev.foretoken.contract.telemetry.Metric;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Gauges or counters of one family that are read when scraped. */
final class SuppliedValues extends Collector {

    private final Metric metric;
    private final Type type;
    private final ConcurrentHashMap<List<String>, DoubleSupplier> values = new ConcurrentHashMap<>();

    /** By a key of its owner's. */
    private final ConcurrentHashMap<String, Description> descriptions = new ConcurrentHashMap<>();

    private record Description(Supplier<List<String>> labels, DoubleSupplier value) {}

    SuppliedValues(Metric metric, Type type) {
        this.metric = metric;
        this.type = type;
    }

    void put(DoubleSupplier value, String... labelValues) {
        values.put(List.of(labelValues), value);
    }

    void remove(String... labelValues) {
        values.remove(List.of(labelValues));
    }

    void describe(String key, Supplier<List<String>> labels, DoubleSupplier value) {
        descriptions.put(key, new Description(labels, value));
    }

    void forget(String key) {
        descriptions.remove(key);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples.Sample> samples = new ArrayList<>();
        values.forEach((labels, value) -> samples.add(sample(labels, value)));
        // Two may say the same now: a series must not come twice.
        descriptions.values().stream()
                .collect(Collectors.toMap(
                        one -> one.labels().get(), Description::value, (first, second) -> first, LinkedHashMap::new))
                .forEach((labels, value) -> samples.add(sample(labels, value)));
        return List.of(new MetricFamilySamples(metric.name(), type, metric.help(), samples));
    }

    private MetricFamilySamples.Sample sample(List<String> labels, DoubleSupplier value) {
        return new MetricFamilySamples.Sample(metric.name(), metric.labels(), labels, value.getAsDouble());
    }
}
