package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.WeightSource;
import java.nio.file.Path;

/** Opens the models that predict for others. */
public interface ModelOpener {

    /**
     * An auxiliary with weights of its own.
     *
     * @param weights closed by who asked
     */
    record Opened(ModelPlan plan, WeightSource weights) {}

    /**
     * Reads headers and weights' places.
     *
     * @throws dev.foretoken.contract.ForetokenException what opening a model throws; CONFIG_INVALID where its tokens, or how many positions it
     *     has, do not fit the base
     */
    Opened open(Path path, ModelSource base, ModelPlan basePlan);
}
