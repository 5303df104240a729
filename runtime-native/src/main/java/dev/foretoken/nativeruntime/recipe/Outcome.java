package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.ModelPlan;

/**
 * What an operation made of a plan.
 *
 * @param did one sentence without a full stop
 */
public record Outcome(ModelPlan plan, String did) {}
