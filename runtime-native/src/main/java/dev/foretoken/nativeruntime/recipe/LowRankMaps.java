package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.algebra.TruncatedSvd;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;

/**
 * Replaces matrices by products of two narrow ones (Cahyawijaya 2021, the low-rank transformer): {@code W = up down}, by truncated singular
 * value decomposition. Matrices that would not get smaller stay.
 */
record LowRankMaps(Factoring which, int rank) implements Operation {

    static final String NAME = "low-rank";
    private static final int MAX_RANK = 1 << 16;

    static LowRankMaps read(RecipeFields fields) {
        return new LowRankMaps(Factoring.read(fields), fields.integer("rank", 1, MAX_RANK));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        int all = which.edit().found(plan).size();
        ModelPlan made = which.edit()
                .changed(
                        plan,
                        linear -> gain(linear.matrix()) ? linear.withWeight(pair(linear.matrix(), names)) : linear);
        return new Outcome(
                made,
                "made products of rank %d of %d of %d matrices"
                        .formatted(rank, chosen(plan).size(), all));
    }

    /** {@code rank < rows * columns / (rows + columns)}. */
    private boolean gain(MatrixRef ref) {
        return (long) rank * (ref.rows() + ref.columns()) < ref.elements();
    }

    private List<MatrixRef> chosen(ModelPlan plan) {
        return which.edit().found(plan).stream().filter(this::gain).toList();
    }

    private LowRank pair(MatrixRef ref, NewNames names) {
        String stem = LinearEdit.stem(ref);
        return new LowRank(
                new MatrixRef(names.of(stem + ".down"), rank, ref.columns()),
                new MatrixRef(names.of(stem + ".up"), ref.rows(), rank));
    }

    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        return chosen(plan).stream().map(ref -> making(ref, pair(ref, names))).toList();
    }

    private Making making(MatrixRef ref, LowRank pair) {
        return new Making(
                "rank %d of %s".formatted(rank, ref.tensor()),
                List.of(NewTensors.of(pair.down()), NewTensors.of(pair.up())),
                weights -> {
                    TruncatedSvd svd = TruncatedSvd.of(weights.matrix(ref), ref.rows(), ref.columns(), rank);
                    which.require(ref.tensor(), svd.error());
                    return List.of(svd.down(), svd.up());
                });
    }
}
