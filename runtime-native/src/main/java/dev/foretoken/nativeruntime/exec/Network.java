package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;

/** What is computed, with which weights, and how experts are. */
public record Network(ModelPlan plan, PackedWeights weights, StrategyTable strategies) {

    public Network(ModelPlan plan, PackedWeights weights) {
        this(plan, weights, StrategyTable.MEASURED);
    }
}
