package dev.foretoken.contract.fake;

import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Keeps everything that was counted, by {@code name[label values]}. */
public final class RecordingTelemetry implements Telemetry {

    private final Map<String, DoubleAdder> counters = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> observations = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
    private final Map<String, Supplier<String>> descriptions = new ConcurrentHashMap<>();
    private final Map<String, DoubleSupplier> totals = new ConcurrentHashMap<>();

    @Override
    public Counter counter(Metric metric, String... labelValues) {
        return counters.computeIfAbsent(series(metric, labelValues), k -> new DoubleAdder())::add;
    }

    @Override
    public Histogram histogram(Metric metric, double[] upperBounds, String... labelValues) {
        LongAdder count = observations.computeIfAbsent(series(metric, labelValues), k -> new LongAdder());
        return value -> count.increment();
    }

    @Override
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
        gauges.put(series(metric, labelValues), value);
    }

    @Override
    public void removeGauge(Metric metric, String... labelValues) {
        gauges.remove(series(metric, labelValues));
    }

    @Override
    public void description(Metric metric, String key, Supplier<List<String>> labelValues, DoubleSupplier value) {
        descriptions.put(
                metric.name() + "/" + key,
                () -> series(metric, labelValues.get().toArray(String[]::new)));
    }

    @Override
    public void removeDescription(Metric metric, String key) {
        descriptions.remove(metric.name() + "/" + key);
    }

    /** What is described now, each as {@code name[label values]}. */
    public Set<String> descriptions() {
        return descriptions.values().stream().map(Supplier::get).collect(Collectors.toSet());
    }

    @Override
    public void total(Metric metric, DoubleSupplier value, String... labelValues) {
        totals.put(series(metric, labelValues), value);
    }

    @Override
    public void removeTotal(Metric metric, String... labelValues) {
        totals.remove(series(metric, labelValues));
    }

    /** Value of a counter or gauge, e.g. {@code vllm:num_requests_waiting[demo]}; NaN when nobody registered it. */
    public double value(String series) {
        DoubleAdder counter = counters.get(series);
        if (counter != null) {
            return counter.sum();
        }
        DoubleSupplier read = gauges.containsKey(series) ? gauges.get(series) : totals.get(series);
        return read == null ? Double.NaN : read.getAsDouble();
    }

    /** How often a histogram observed. */
    public long observations(String series) {
        LongAdder count = observations.get(series);
        return count == null ? 0 : count.sum();
    }

    public Set<String> gauges() {
        return Set.copyOf(gauges.keySet());
    }

    /** Counters that are kept elsewhere. */
    public Set<String> totals() {
        return Set.copyOf(totals.keySet());
    }

    private static String series(Metric metric, String... labelValues) {
        if (labelValues.length != metric.labels().size()) {
            throw new IllegalArgumentException(metric.name() + " has labels " + metric.labels());
        }
        return metric.name() + Arrays.toString(labelValues);
    }
}
