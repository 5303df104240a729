package dev.foretoken.gateway.encode;

import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.Locale;

/** Counts what was encoded. Any thread may call it. */
public final class EncodeMetrics {

    private static final Metric TEXTS =
            Metric.of("foretoken_encoded_texts_total", "Inputs that encoders have answered.", "model_name", "task");
    private static final Metric TOKENS =
            Metric.of("foretoken_encoded_tokens_total", "Tokens of these inputs.", "model_name", "task");

    private final Telemetry telemetry;

    public EncodeMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    void encoded(String model, ModelTask task, int texts, long tokens) {
        String name = task.name().toLowerCase(Locale.ROOT);
        telemetry.counter(TEXTS, model, name).add(texts);
        telemetry.counter(TOKENS, model, name).add(tokens);
    }
}
