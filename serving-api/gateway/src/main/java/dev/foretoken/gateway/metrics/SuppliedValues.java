package dev.foretoken.gateway.metrics;

import dev.foretoken.contract.telemetry.Metric;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Gauges or counters of one family that are read when scraped. */
final class SuppliedValues extends Collector {

    private final Metric metric;
    private final Type type;
    private final ConcurrentHashMap<List<String>, DoubleSupplier> values = new ConcurrentHashMap<>();

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

    @Override
    public List<MetricFamilySamples> collect() {
        List<MetricFamilySamples.Sample> samples = new ArrayList<>();
        values.forEach((labels, value) -> samples.add(
                new MetricFamilySamples.Sample(metric.name(), metric.labels(), labels, value.getAsDouble())));
        return List.of(new MetricFamilySamples(metric.name(), type, metric.help(), samples));
    }
}
