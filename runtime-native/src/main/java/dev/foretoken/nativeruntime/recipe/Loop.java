package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes a run of blocks several times with one set of weights, each round with its own K, V and state (Gao 2024), and with additions of low
 * rank of its own (Bae 2024).
 *
 * @param first where the rounds begin
 * @param keep blocks whose weights a round uses, in order
 * @param times rounds
 * @param replacing whether the rounds stand in place of as many blocks; else they repeat the kept ones, which follow one another
 * @param rank of the addition to every map of attention and MLP; 0: none
 * @param keepNorms whether blocks that are replaced leave their norms
 */
record Loop(int first, List<Integer> keep, int times, boolean replacing, int rank, boolean keepNorms)
        implements Operation {

    static final String NAME = "loop";
    private static final int MAX_BLOCK = 4095;
    private static final int MAX_TIMES = 64;
    private static final int MAX_RANK = 1024;

    Loop {
        keep = List.copyOf(keep);
    }

    static Loop read(RecipeFields fields) {
        int times = fields.integer("times", 2, MAX_TIMES);
        int rank = fields.has("rank") ? fields.integer("rank", 1, MAX_RANK) : 0;
        if (!fields.has("keep")) {
            List<Integer> run = fields.list("blocks", MAX_BLOCK);
            if (run.size() != 2 || run.getFirst() > run.getLast()) {
                throw fields.wrong("blocks", run, "the first and the last block of a run");
            }
            List<Integer> all =
                    IntStream.rangeClosed(run.getFirst(), run.getLast()).boxed().toList();
            return new Loop(run.getFirst(), all, times, false, rank, false);
        }
        return new Loop(
                fields.integer("first", 0, MAX_BLOCK),
                fields.distinct("keep", MAX_BLOCK),
                times,
                true,
                rank,
                fields.flag("keep_norms"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<Block> blocks = Block.of(plan);
        Block.requireNamed(NAME, keep, blocks);
        if (replacing && first + times * keep.size() > blocks.size()) {
            throw Block.refused("loop replaces blocks %d to %d, this model has blocks 0 to %d"
                    .formatted(first, first + times * keep.size() - 1, blocks.size() - 1));
        }
        ModelPlan made = replacing ? replaced(plan, blocks, names) : repeated(plan, blocks, names);
        return new Outcome(
                made,
                "computes %d blocks %d times%s%s"
                        .formatted(
                                keep.size(),
                                times,
                                replacing ? " in place of %d".formatted(times * keep.size()) : "",
                                rank > 0 ? ", with additions of rank " + rank : ""));
    }

    private ModelPlan repeated(ModelPlan plan, List<Block> blocks, NewNames names) {
        int begin = blocks.get(keep.getFirst()).first();
        int end = blocks.get(keep.getLast()).end();
        PlanEdit edit = new PlanEdit(plan);
        edit.keep(0, begin);
        for (int loop = 0; loop < times; loop++) {
            for (int k = 0; k < keep.size(); k++) {
                Block block = blocks.get(keep.get(k));
                LoopAdditions additions = new LoopAdditions(names, loop, k, loop == 0 ? 0 : rank);
                List<Sublayer> made = additions.with(block.sublayers(plan));
                for (int i = 0; i < made.size(); i++) {
                    edit.put(block.first() + i, made.get(i));
                }
            }
        }
        edit.keep(end, plan.sublayers().size());
        return edit.plan();
    }

    private ModelPlan replaced(ModelPlan plan, List<Block> blocks, NewNames names) {
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        Tying tying = new Tying(plan, keepNorms);
        for (Place place : places()) {
            Block block = blocks.get(place.block);
            String what = "blocks %d and %d".formatted(place.block, place.kept);
            LoopAdditions additions = new LoopAdditions(names, place.loop, place.index, rank);
            List<Sublayer> made = additions.with(tying.tied(block, blocks.get(place.kept), what));
            for (int i = 0; i < made.size(); i++) {
                sublayers.set(block.first() + i, made.get(i));
            }
        }
        return plan.withSublayers(sublayers);
    }

    /** A block that is computed with the weights of another. */
    private record Place(int loop, int index, int block, int kept) {}

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int loop = 0; loop < times; loop++) {
            for (int k = 0; k < keep.size(); k++) {
                int block = first + loop * keep.size() + k;
                if (block != keep.get(k)) {
                    places.add(new Place(loop, k, block, keep.get(k)));
                }
            }
        }
        return places;
    }

    /** In place of blocks: the nearest of the rank to what the kept weights lack (Eckart 1936). In repetitions: zeros, to be trained. */
    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        if (rank == 0) {
            return List.of();
        }
        List<Block> blocks = Block.of(plan);
        List<Making> makings = new ArrayList<>();
        for (int loop = 1; !replacing && loop < times; loop++) {
            for (int k = 0; k < keep.size(); k++) {
                Block block = blocks.get(keep.get(k));
                makings.addAll(new LoopAdditions(names, loop, k, rank).zeros(block.sublayers(plan)));
            }
        }
        for (Place place : replacing ? places() : List.<Place>of()) {
            makings.addAll(new LoopAdditions(names, place.loop, place.index, rank)
                    .differences(
                            blocks.get(place.block).sublayers(plan),
                            blocks.get(place.kept).sublayers(plan)));
        }
        return makings;
    }
}
