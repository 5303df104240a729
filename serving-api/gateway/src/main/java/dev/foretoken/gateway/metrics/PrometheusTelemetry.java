package dev.foretoken.gateway.metrics;

import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.SimpleCollector;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * {@link Telemetry} on a Prometheus registry of its own. A metric family keeps at most {@value SeriesLimit#MAX_SERIES} combinations of label
 * values; later ones are counted under {@code other}, so that no caller can fill memory by inventing values.
 */
public final class PrometheusTelemetry implements Telemetry {

    private final CollectorRegistry registry = new CollectorRegistry();
    private final ConcurrentHashMap<String, Family<?>> families = new ConcurrentHashMap<>();

    private record Family<C>(C collector, SeriesLimit series) {}

    private final MetricPrefix prefix;

    /** With the names that inference gateways look for. */
    public PrometheusTelemetry(LongSupplier nanoClock) {
        this(nanoClock, MetricPrefix.DEFAULT);
    }

    /**
     * @param nanoClock monotonic, as {@link System#nanoTime}: says when the JVM's metrics are old
     * @param prefix of the names that inference gateways look for
     */
    public PrometheusTelemetry(LongSupplier nanoClock, MetricPrefix prefix) {
        this.prefix = prefix;
        new JvmMetrics(nanoClock).register(registry);
    }

    /** Everything as it is now, without the times at which series were made: nothing reads them, and they double the page. */
    Enumeration<MetricFamilySamples> samples() {
        List<MetricFamilySamples> families = Collections.list(registry.metricFamilySamples());
        return Collections.enumeration(
                families.stream().map(PrometheusTelemetry::withoutCreated).toList());
    }

    private static MetricFamilySamples withoutCreated(MetricFamilySamples family) {
        boolean counted = family.type == Collector.Type.COUNTER || family.type == Collector.Type.HISTOGRAM;
        return counted
                ? new MetricFamilySamples(
                        family.name,
                        family.unit,
                        family.type,
                        family.help,
                        family.samples.stream()
                                .filter(sample -> !sample.name.endsWith("_created"))
                                .toList())
                : family;
    }

    @Override
    public Counter counter(Metric metric, String... labelValues) {
        var family = family(metric, m -> build(io.prometheus.client.Counter.build(), m));
        return family.collector().labels(family.series().admit(labelValues))::inc;
    }

    @Override
    public Histogram histogram(Metric metric, double[] upperBounds, String... labelValues) {
        var family =
                family(metric, m -> build(io.prometheus.client.Histogram.build().buckets(upperBounds), m));
        return family.collector().labels(family.series().admit(labelValues))::observe;
    }

    @Override
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
        put(supplied(metric, Collector.Type.GAUGE), value, labelValues);
    }

    @Override
    public void removeGauge(Metric metric, String... labelValues) {
        remove(supplied(metric, Collector.Type.GAUGE), labelValues);
    }

    @Override
    public void description(Metric metric, String key, Supplier<List<String>> labelValues, DoubleSupplier value) {
        supplied(metric, Collector.Type.GAUGE).collector().describe(key, labelValues, value);
    }

    @Override
    public void removeDescription(Metric metric, String key) {
        supplied(metric, Collector.Type.GAUGE).collector().forget(key);
    }

    @Override
    public void total(Metric metric, DoubleSupplier value, String... labelValues) {
        put(supplied(metric, Collector.Type.COUNTER), value, labelValues);
    }

    @Override
    public void removeTotal(Metric metric, String... labelValues) {
        remove(supplied(metric, Collector.Type.COUNTER), labelValues);
    }

    private static void put(Family<SuppliedValues> family, DoubleSupplier value, String... labelValues) {
        family.collector().put(value, family.series().admit(labelValues));
    }

    private static void remove(Family<SuppliedValues> family, String... labelValues) {
        family.series().forget(labelValues);
        family.collector().remove(labelValues);
    }

    private Family<SuppliedValues> supplied(Metric metric, Collector.Type type) {
        return family(metric, m -> new SuppliedValues(m, type).<SuppliedValues>register(registry));
    }

    private <C extends SimpleCollector<?>> C build(SimpleCollector.Builder<?, C> builder, Metric metric) {
        return builder.name(metric.name())
                .help(metric.help())
                .labelNames(metric.labels().toArray(String[]::new))
                .register(registry);
    }

    /** The family of that name; the one cast holds because a name is always asked for as the same type, else the cast says so. */
    @SuppressWarnings("unchecked")
    private <C> Family<C> family(Metric metric, Function<Metric, C> make) {
        return (Family<C>) families.computeIfAbsent(
                metric.name(),
                name -> new Family<>(
                        make.apply(prefix.shown(metric)),
                        new SeriesLimit(metric.labels().size())));
    }
}
