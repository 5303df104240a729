package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.WeightSource;

/**
 * A build that runs.
 *
 * @param plan of the base
 * @param weights of the base; closed by who made the job
 */
public record BuildJob(
        BuildOrder order, BuildParameters parameters, ModelPlan plan, WeightSource weights, BuildWatch watch) {

    /**
     * Tells how far the build is, and stops it where it should not go on.
     *
     * @throws ForetokenException CANCELLED
     */
    public void step(String stage, long done, long total) {
        if (watch.cancelled()) {
            throw new ForetokenException(
                    ErrorCode.CANCELLED, "the build of %s was cancelled while %s".formatted(order.method(), stage));
        }
        watch.progress(stage, done, total);
    }
}
