package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.PredictorWeights;
import org.jspecify.annotations.Nullable;

/**
 * What K and V of a base are predicted with.
 *
 * @param weights of the auxiliary
 * @param own the same where they are the auxiliary's own; null where they are the base's
 */
public record Prediction(
        PredictionPlan plan,
        PackedWeights weights,
        @Nullable PackedWeights own,
        PredictorWeights maps) implements AutoCloseable {

    /** By a view of the base. */
    public static Prediction shared(PredictionPlan plan, Network base, PredictorWeights maps) {
        return new Prediction(plan, base.weights(), null, maps);
    }

    /** By a model of its own. */
    public static Prediction by(PredictionPlan plan, PackedWeights weights, PredictorWeights maps) {
        return new Prediction(plan, weights, weights, maps);
    }

    Network auxiliary() {
        return new Network(plan.auxiliary(), weights);
    }

    /** Memory owned by weights and maps. */
    long bytes() {
        return maps.bytes() + (own == null ? 0 : own.bytes());
    }

    /** Memory that is read beside the base's. */
    long readBytes() {
        return maps.bytes() + (own == null ? 0 : own.readBytes());
    }

    @Override
    public void close() {
        maps.close();
        if (own != null) {
            own.close();
        }
    }
}
