package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.List;

/** One change of a layer plan. */
public sealed interface Operation
        permits Drop,
                Share,
                KvMap,
                Loop,
                Width,
                Prune,
                LowRankMaps,
                SparseMaps,
                AliasHeads,
                FoldLayerNorm,
                ConstantNorms,
                FoldConstantNorms {

    /** What a recipe calls it. */
    String name();

    /**
     * Changes a plan.
     *
     * @param names of tensors that only the recipe's own file has
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID where the plan has nothing that the operation names
     */
    Outcome apply(ModelPlan plan, NewNames names);

    /** Whether the changed plan computes the same as the one before, but for rounding. */
    default boolean keepsFunction() {
        return false;
    }

    /** What {@code recipe build} must compute before the changed plan has all of its weights; {@code plan}: before the change. */
    default List<Making> makings(ModelPlan plan, NewNames names) {
        return List.of();
    }
}
