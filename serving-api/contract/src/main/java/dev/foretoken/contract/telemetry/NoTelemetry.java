package dev.foretoken.contract.telemetry;

import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** The telemetry that counts nothing. */
final class NoTelemetry implements Telemetry {
    @Override
    public Counter counter(Metric metric, String... labelValues) {
        return amount -> {};
    }

    @Override
    public Histogram histogram(Metric metric, double[] upperBounds, String... labelValues) {
        return value -> {};
    }

    @Override
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {}

    @Override
    public void removeGauge(Metric metric, String... labelValues) {}

    @Override
    public void description(Metric metric, String key, Supplier<List<String>> labelValues, DoubleSupplier value) {}

    @Override
    public void removeDescription(Metric metric, String key) {}

    @Override
    public void total(Metric metric, DoubleSupplier value, String... labelValues) {}

    @Override
    public void removeTotal(Metric metric, String... labelValues) {}
}
