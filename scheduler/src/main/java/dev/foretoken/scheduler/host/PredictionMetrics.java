package dev.foretoken.scheduler.host;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;

/** Counts one variant's computed and predicted prompts, and what became of the predicted ones. */
final class PredictionMetrics {

    private static final String MODEL = "model_name";
    private static final Metric PREFILLS = Metric.of(
            "foretoken_prefills_total", "Sequences whose prompt was computed or predicted", MODEL, "prefill_mode");
    private static final Metric PREDICTED =
            Metric.of("foretoken_predicted_prompt_tokens_total", "Prompt tokens whose K and V were predicted", MODEL);
    private static final Metric REPAIR_TOKENS =
            Metric.of("foretoken_repair_tokens_total", "Tokens computed once more to replace predicted K and V", MODEL);
    private static final Metric REPAIRS = Metric.of(
            "foretoken_repairs_total",
            "Predicted sequences that were repaired, or ended before they were",
            MODEL,
            "outcome");
    private static final Metric REPAIRED_AT =
            Metric.of("foretoken_repaired_at_tokens", "Generated tokens before predicted K and V were replaced", MODEL);
    private static final double[] TOKENS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

    private final Counter exact;
    private final Counter predicted;
    private final Counter predictedTokens;
    private final Counter repairTokens;
    private final Counter done;
    private final Counter givenUp;
    private final Histogram repairedAt;

    PredictionMetrics(Telemetry telemetry, String model) {
        exact = telemetry.counter(PREFILLS, model, "exact");
        predicted = telemetry.counter(PREFILLS, model, "predicted");
        predictedTokens = telemetry.counter(PREDICTED, model);
        repairTokens = telemetry.counter(REPAIR_TOKENS, model);
        done = telemetry.counter(REPAIRS, model, "done");
        givenUp = telemetry.counter(REPAIRS, model, "given_up");
        repairedAt = telemetry.histogram(REPAIRED_AT, TOKENS, model);
    }

    void prefilled(PrefillMode mode) {
        (mode == PrefillMode.PREDICTED ? predicted : exact).increment();
    }

    void promptPredicted(int tokens) {
        predictedTokens.add(tokens);
    }

    void repairComputed(int tokens) {
        repairTokens.add(tokens);
    }

    void repaired(int generated) {
        done.increment();
        repairedAt.observe(generated);
    }

    void repairGivenUp() {
        givenUp.increment();
    }
}
