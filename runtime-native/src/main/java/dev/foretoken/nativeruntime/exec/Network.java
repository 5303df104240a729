package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;

/** What is computed, and with which weights. */
public record Network(ModelPlan plan, PackedWeights weights) {}
