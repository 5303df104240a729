package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.algebra.TruncatedSvd;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Replaces matrices by products of two narrow ones (Cahyawijaya 2021, the low-rank transformer): {@code W = up down}, by truncated singular
 * value decomposition. Matrices that would not get smaller stay.
 *
 * @param ranks of single matrices, by {@link LinearEdit#stem}; empty: all have {@code rank}
 */
record LowRankMaps(Factoring which, Map<String, Integer> ranks, int rank) implements Operation {

    static final String NAME = "low-rank";
    private static final int MAX_RANK = 1 << 16;
    private static final int MAX_MATRICES = 1 << 16;

    LowRankMaps {
        ranks = Map.copyOf(ranks);
    }

    static LowRankMaps read(RecipeFields fields) {
        if (!fields.has("ranks")) {
            return new LowRankMaps(Factoring.read(fields), Map.of(), fields.integer("rank", 1, MAX_RANK));
        }
        Map<String, Integer> ranks = fields.integersByName("ranks", MAX_MATRICES, 1, MAX_RANK);
        if (fields.has("tensors") || fields.has("rank")) {
            throw fields.wrong("ranks", ranks, "by itself, or \"tensors\" and \"rank\" in its place");
        }
        List<String> tensors = ranks.keySet().stream()
                .map(LinearEdit::tensorOf)
                .distinct()
                .sorted()
                .toList();
        return new LowRankMaps(Factoring.of(tensors, fields), ranks, 0);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<MatrixRef> chosen = chosen(plan);
        requireAll(plan);
        int all = which.edit().found(plan).size();
        ModelPlan made = which.edit()
                .changed(
                        plan,
                        linear -> gain(linear.matrix()) ? linear.withWeight(pair(linear.matrix(), names)) : linear);
        String rank = ranks.isEmpty() ? "rank " + this.rank : "ranks of their own";
        return new Outcome(made, "made products of %s of %d of %d matrices".formatted(rank, chosen.size(), all));
    }

    private void requireAll(ModelPlan plan) {
        TreeSet<String> unknown = new TreeSet<>(ranks.keySet());
        which.edit().found(plan).forEach(ref -> unknown.remove(LinearEdit.stem(ref)));
        if (!unknown.isEmpty()) {
            throw Block.refused("low-rank gives %s a rank, and no map of an attention or MLP has that weight"
                    .formatted(unknown.getFirst()));
        }
    }

    /** 0 where it stays. */
    private int rank(MatrixRef ref) {
        return ranks.isEmpty() ? rank : ranks.getOrDefault(LinearEdit.stem(ref), 0);
    }

    /** {@code rank < rows * columns / (rows + columns)}. */
    private boolean gain(MatrixRef ref) {
        int rank = rank(ref);
        return rank > 0 && (long) rank * (ref.rows() + ref.columns()) < ref.elements();
    }

    private List<MatrixRef> chosen(ModelPlan plan) {
        return which.edit().found(plan).stream().filter(this::gain).toList();
    }

    private LowRank pair(MatrixRef ref, NewNames names) {
        String stem = LinearEdit.stem(ref);
        return new LowRank(
                new MatrixRef(names.of(stem + ".down"), rank(ref), ref.columns()),
                new MatrixRef(names.of(stem + ".up"), ref.rows(), rank(ref)));
    }

    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        return chosen(plan).stream().map(ref -> making(ref, pair(ref, names))).toList();
    }

    private Making making(MatrixRef ref, LowRank pair) {
        return new Making(
                "rank %d of %s".formatted(rank(ref), ref.tensor()),
                List.of(NewTensors.of(pair.down()), NewTensors.of(pair.up())),
                weights -> {
                    TruncatedSvd svd = TruncatedSvd.of(weights.matrix(ref), ref.rows(), ref.columns(), rank(ref));
                    which.require(ref.tensor(), svd.error());
                    return List.of(svd.down(), svd.up());
                });
    }
}
