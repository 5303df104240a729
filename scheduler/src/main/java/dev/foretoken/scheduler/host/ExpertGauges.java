package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.List;

/**
 * How evenly the tokens of one loaded variant went to its experts. Read when scraped: steps pay for nothing but counting. Experts of a network
 * that drafts for the variant are not among them: what they are given says nothing about the variant.
 */
final class ExpertGauges {

    /** Series of single experts that one variant may have; those of a variant with more are left out. */
    static final int MOST_SERIES = 256;

    private static final Metric IMBALANCE = Metric.of(
            "foretoken_expert_imbalance",
            "Tokens of the expert that got most over the mean of a layer's experts, since the load",
            "model_name",
            "moe_layer");
    private static final Metric TOKENS = Metric.of(
            "foretoken_expert_tokens_total",
            "Tokens that an expert was given since the load",
            "model_name",
            "moe_layer",
            "expert");

    private final Telemetry telemetry;
    private final String model;
    private final List<ExpertLoad> layers;
    private final boolean each;

    /** {@code layers}: those with experts, in order. */
    ExpertGauges(Telemetry telemetry, String model, List<ExpertLoad> layers) {
        this.telemetry = telemetry;
        this.model = model;
        this.layers = layers;
        this.each = layers.stream().mapToInt(ExpertLoad::experts).sum() <= MOST_SERIES;
    }

    void show() {
        for (int layer = 0; layer < layers.size(); layer++) {
            ExpertLoad load = layers.get(layer);
            telemetry.gauge(IMBALANCE, load::imbalance, model, Integer.toString(layer));
            for (int i = 0; each && i < load.experts(); i++) {
                int expert = i;
                telemetry.total(TOKENS, () -> load.tokens(expert), labels(layer, expert));
            }
        }
    }

    void hide() {
        for (int layer = 0; layer < layers.size(); layer++) {
            telemetry.removeGauge(IMBALANCE, model, Integer.toString(layer));
            for (int expert = 0; each && expert < layers.get(layer).experts(); expert++) {
                telemetry.removeTotal(TOKENS, labels(layer, expert));
            }
        }
    }

    private String[] labels(int layer, int expert) {
        return new String[] {model, Integer.toString(layer), Integer.toString(expert)};
    }
}
