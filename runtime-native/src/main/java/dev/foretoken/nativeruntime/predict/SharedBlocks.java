package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.List;

/** The blocks of a base that an auxiliary without weights of its own keeps. */
final class SharedBlocks {

    private SharedBlocks() {}

    /** @throws ForetokenException CONFIG_INVALID for a block that the base does not have */
    static List<Integer> of(AuxiliaryChoice choice, ModelPlan base) {
        int all = Block.of(base).size();
        List<Integer> blocks = switch (choice) {
            case AuxiliaryChoice.LayerPruned pruned -> pruned.blocks(all);
            case AuxiliaryChoice.Blocks given -> given.blocks();
            case AuxiliaryChoice.Other _, AuxiliaryChoice.Trained _ -> List.of();
        };
        if (!blocks.isEmpty() && blocks.getLast() >= all) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "kvp: the auxiliary names block %d, this model has blocks 0 to %d"
                            .formatted(blocks.getLast(), all - 1));
        }
        return blocks;
    }
}
