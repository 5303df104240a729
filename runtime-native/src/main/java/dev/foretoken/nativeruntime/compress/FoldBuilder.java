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
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Leaves out the blocks of least influence and lets neighbours among the others share one set of weights (FoldGPT, Liu 2024), without its trained
 * gates and its fine-tuning: the influence is measured, and neighbours are those that cost the last hidden vectors least.
 */
final class FoldBuilder implements VariantBuilder {

    private static final int MOST = 4096;

    /** {@code cosine}: with the base, where this group alone shares. */
    private record Group(List<Integer> blocks, double cosine) {
        boolean meets(Group other) {
            return blocks.stream().anyMatch(other.blocks::contains);
        }
    }

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "fold",
                "leaves out blocks of little influence and lets neighbours share one set of weights",
                List.of(
                        BuildParameter.free("blocks", "blocks to leave out", "1"),
                        BuildParameter.free("groups", "groups of neighbours that share weights", "1"),
                        BuildParameter.free("size", "blocks of a group", "2"),
                        BuildParameter.choice(
                                "norms",
                                "whether each block keeps its norms, or the group has one",
                                "own",
                                "own",
                                "shared"),
                        BuildParameter.free("tokens", "calibration tokens that are read for a measurement", "2048")),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        int blocks = given.number("blocks", 0, MOST);
        int groups = given.number("groups", 0, MOST);
        int size = given.number("size", 2, MOST);
        if (blocks == 0 && groups == 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "fold has nothing to do; give blocks or groups a number above 0");
        }
        boolean keepNorms = given.text("norms").equals("own");
        Reading reading = Reading.ofTokens(job, given.number("tokens", 1, Integer.MAX_VALUE));
        Finished finished = new Finished(job.order().scratch());
        DropSearch search = new DropSearch(reading, finished, true);
        Draft left = search.remove(Map.of(Dropped.Kind.BLOCKS, blocks)).draft(Draft.of(job));
        LastHidden last = new LastHidden(reading, finished);
        List<Group> measured = measure(left, size, keepNorms, last);
        List<Group> chosen = chosen(measured, groups);
        Draft draft = chosen.isEmpty() ? left : sharing(left, chosen, keepNorms);
        Map<String, Object> facts = facts(search, measured);
        facts.put("last_hidden_cosine", last.cosine("result", draft));
        return new RecipeOutput(draft).write(facts);
    }

    private static Map<String, Object> facts(DropSearch search, List<Group> measured) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("scores", search.scores());
        facts.put("removed", search.removed());
        facts.put("groups", measured.stream().map(FoldBuilder::facts).toList());
        facts.put("trained_afterwards", false);
        return facts;
    }

    private static Map<String, Object> facts(Group group) {
        return Map.of("blocks", group.blocks, "cosine", group.cosine);
    }

    private static Draft sharing(Draft left, List<Group> groups, boolean keepNorms) {
        List<List<Integer>> lists = groups.stream().map(Group::blocks).toList();
        return left.with(Draft.operation("share", "groups", lists, "keep_norms", keepNorms));
    }

    /** The nearest to the base first. Neighbours whose weights differ in shape are left out. */
    private static List<Group> measure(Draft left, int size, boolean keepNorms, LastHidden last) {
        List<Group> measured = new ArrayList<>();
        for (int first = 0; first + size <= Block.of(left.plan()).size(); first++) {
            List<Integer> blocks = IntStream.range(first, first + size).boxed().toList();
            Draft draft = sharing(left, List.of(new Group(blocks, 0)), keepNorms);
            if (draft.fits()) {
                measured.add(new Group(blocks, last.cosine("group-" + first, draft)));
            }
        }
        measured.sort(
                Comparator.comparingDouble(Group::cosine).reversed().thenComparing(group -> group.blocks.getFirst()));
        return measured;
    }

    private static List<Group> chosen(List<Group> measured, int wanted) {
        List<Group> chosen = new ArrayList<>();
        for (Group group : measured) {
            if (chosen.size() < wanted && chosen.stream().noneMatch(group::meets)) {
                chosen.add(group);
            }
        }
        if (chosen.size() < wanted) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%d groups of neighbours can share weights in what is left of this model, %d were asked for"
                            .formatted(chosen.size(), wanted));
        }
        chosen.sort(Comparator.comparing(group -> group.blocks.getFirst()));
        return chosen;
    }
}
