package dev.foretoken.contract.telemetry;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Where modules register what they count. A handle is looked up once and kept: updating it is cheap and does not allocate. Asking twice for
 * the same metric and label values gives the same series.
 */
public interface Telemetry {

    /** Counts nothing: for tests and tools. */
    Telemetry NONE = new NoTelemetry();

    Counter counter(Metric metric, String... labelValues);

    Histogram histogram(Metric metric, double[] upperBounds, String... labelValues);

    /** A gauge that is read when scraped. {@code value} must be cheap and safe from any thread. Replaces an earlier one. */
    void gauge(Metric metric, DoubleSupplier value, String... labelValues);

    /** Drops a gauge, e.g. when its model is unloaded. */
    void removeGauge(Metric metric, String... labelValues);

    /**
     * A gauge of which labels and value are read when scraped: one series, whatever its labels were before.
     *
     * @param key names it for {@link #removeDescription}, among those of its family
     * @param labelValues of a bounded set, as many as the metric has labels
     */
    void description(Metric metric, String key, Supplier<List<String>> labelValues, DoubleSupplier value);

    /** Drops a {@link #description}. */
    void removeDescription(Metric metric, String key);

    /** A counter that is kept elsewhere and read when scraped, as a gauge is; {@code value} never falls, and the metric's name ends in _total. */
    void total(Metric metric, DoubleSupplier value, String... labelValues);

    /** Drops a {@link #total}. */
    void removeTotal(Metric metric, String... labelValues);
}
