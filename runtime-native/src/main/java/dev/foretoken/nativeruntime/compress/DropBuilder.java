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
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Leaves out the attentions, MLPs or blocks that change hidden vectors least on calibration text (LLM-Drop, He 2024; whole blocks as ShortGPT, Men
 * 2024). Nothing is trained.
 */
final class DropBuilder implements VariantBuilder {

    private static final int MOST = 4096;

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "drop",
                "leaves out the attentions, MLPs or blocks that change hidden vectors least",
                List.of(
                        BuildParameter.free("attention", "attentions to leave out; they own no cache then", "0"),
                        BuildParameter.free("mlp", "MLPs to leave out", "0"),
                        BuildParameter.free("blocks", "whole blocks to leave out, before the others", "0"),
                        BuildParameter.choice(
                                "remeasure",
                                "whether influence is measured anew after every removal",
                                "true",
                                "true",
                                "false"),
                        BuildParameter.free("tokens", "calibration tokens that are read for a measurement", "4096")),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        int blocks = given.number("blocks", 0, MOST);
        Map<Dropped.Kind, Integer> sublayers = new EnumMap<>(Dropped.Kind.class);
        put(sublayers, Dropped.Kind.ATTENTION, given.number("attention", 0, MOST));
        put(sublayers, Dropped.Kind.MLP, given.number("mlp", 0, MOST));
        if (blocks == 0 && sublayers.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "drop has nothing to leave out; give attention, mlp or blocks a number above 0");
        }
        Reading reading = Reading.ofTokens(job, given.number("tokens", 1, Integer.MAX_VALUE));
        Finished finished = new Finished(job.order().scratch());
        DropSearch search = new DropSearch(reading, finished, given.flag("remeasure"));
        if (blocks > 0) {
            search.remove(Map.of(Dropped.Kind.BLOCKS, blocks));
        }
        Draft draft = search.remove(sublayers).draft(Draft.of(job));
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("scores", search.scores());
        facts.put("removed", search.removed());
        facts.put("last_hidden_cosine", new LastHidden(reading, finished).cosine("result", draft));
        return new RecipeOutput(draft).write(facts);
    }

    private static void put(Map<Dropped.Kind, Integer> wanted, Dropped.Kind kind, int count) {
        if (count > 0) {
            wanted.put(kind, count);
        }
    }
}
