package dev.foretoken.contract.telemetry;

import java.util.function.DoubleSupplier;

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

    /** A counter that is kept elsewhere and read when scraped, as a gauge is; {@code value} never falls, and the metric's name ends in _total. */
    void total(Metric metric, DoubleSupplier value, String... labelValues);

    /** Drops a {@link #total}. */
    void removeTotal(Metric metric, String... labelValues);
}
