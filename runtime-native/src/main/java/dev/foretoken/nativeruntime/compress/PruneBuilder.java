package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes away neurons and KV heads until a token costs a share of what it did (OPTIN, Khaki 2024): in one shot, by forward passes alone, first what
 * changes later features least for the operations that it saves.
 */
final class PruneBuilder implements VariantBuilder {

    private static final int MAX_CONTEXT = 1 << 20;

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "prune",
                "takes away the neurons and KV heads that later features need least, down to a budget of FLOPs",
                List.of(
                        BuildParameter.free("flops", "share of the blocks' FLOPs that is left, above 0 to 1", "0.8"),
                        BuildParameter.free(
                                "context", "tokens that a token looks back at, where FLOPs are counted", "256"),
                        BuildParameter.free(
                                "tokens", "calibration tokens that are read for every measurement", "1024")),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        double share = given.real("flops", Double.MIN_VALUE, 1);
        int context = given.number("context", 0, MAX_CONTEXT);
        Reading reading = Reading.ofTokens(job, given.number("tokens", 1, Integer.MAX_VALUE));
        Finished finished = new Finished(job.order().scratch());
        Trajectory trajectory = new Trajectory(reading, finished);
        UnitScores scores = new UnitScores(reading, trajectory, finished, context);
        long before = PlanFigures.of(job.plan(), context).blockFlops();
        Kept kept = new PruneChoice(job.plan()).of(scores.units(), before, share);
        Draft draft = kept.isEverything() ? Draft.of(job) : Draft.of(job).with(kept.operation());
        ModelPlan plan = draft.plan();
        long after = PlanFigures.of(plan, context).blockFlops();
        requireBudget(kept, before, after, share);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("flops_share", (double) after / before);
        facts.put("flops_context", context);
        facts.put("effects", scores.effects());
        facts.put("trajectory_error", trajectory.error("result", "reading as pruned", draft));
        facts.put("last_hidden_cosine", new LastHidden(reading, finished).cosine("result", draft));
        return new RecipeOutput(draft).write(facts);
    }

    private static void requireBudget(Kept kept, long before, long after, double share) {
        if (kept.isEverything() || after > share * before) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%.4f of the FLOPs are left when everything that can go is gone, flops asks for %s; each block keeps a KV head and %d neurons"
                            .formatted((double) after / before, share, PrunableBlocks.GRID));
        }
    }
}
