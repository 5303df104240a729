package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import java.util.List;

/** A view of a model with some of its blocks. */
public final class KeptBlocks {

    private KeptBlocks() {}

    /**
     * The model without its other blocks; what is before the first block stays.
     *
     * @param kept numbers, ascending
     * @throws ForetokenException CONFIG_INVALID for a block that is not there, or that reads K or V of one that is not kept
     */
    public static ModelPlan of(ModelPlan plan, List<Integer> kept) {
        List<Block> blocks = Block.of(plan);
        Block.requireNamed("layers", kept, blocks);
        PlanEdit edit = new PlanEdit(plan);
        edit.keep(0, blocks.isEmpty() ? 0 : blocks.getFirst().first());
        kept.forEach(number ->
                edit.keep(blocks.get(number).first(), blocks.get(number).end()));
        return PlanValidator.validated(edit.plan());
    }
}
