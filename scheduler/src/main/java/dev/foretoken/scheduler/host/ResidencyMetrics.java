package dev.foretoken.scheduler.host;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;

/** What is counted of variants that come into memory and leave it. */
record ResidencyMetrics(Telemetry telemetry) {

    private static final Metric LOADS = Metric.of("foretoken_model_loads_total", "Loads that succeeded", "model_name");
    private static final Metric FAILURES =
            Metric.of("foretoken_model_load_failures_total", "Loads that failed or were refused", "model_name");
    private static final Metric UNLOADS =
            Metric.of("foretoken_model_unloads_total", "Variants unloaded to make room for others", "model_name");
    private static final Metric SECONDS = Metric.of("foretoken_model_load_seconds", "Time that loads took");
    private static final Metric WAITING =
            Metric.of("foretoken_model_load_waiting", "Sequences that wait for variants to be loaded");
    private static final double[] BOUNDS = {0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000};

    void loaded(String model, long nanos) {
        telemetry.counter(LOADS, model).increment();
        telemetry.histogram(SECONDS, BOUNDS).observe(nanos / 1e9);
    }

    void failed(String model) {
        telemetry.counter(FAILURES, model).increment();
    }

    void unloaded(String model) {
        telemetry.counter(UNLOADS, model).increment();
    }

    void show(ModelShelf shelf) {
        telemetry.gauge(
                WAITING,
                () -> shelf.all().stream()
                        .mapToInt(model -> model.line().sequences())
                        .sum());
    }
}
