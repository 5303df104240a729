package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;

/**
 * What recipes count as a layer: a sublayer with attention or a recurrent mixer, and those behind it before the next such one.
 *
 * @param first index of its first sublayer
 * @param end one past its last sublayer
 */
public record Block(int first, int end) {

    /** Every block in order. Sublayers before the first belong to none. */
    public static List<Block> of(ModelPlan plan) {
        List<Block> found = new ArrayList<>();
        List<Sublayer> sublayers = plan.sublayers();
        int first = -1;
        for (int i = 0; i < sublayers.size(); i++) {
            if (mixesTokens(sublayers.get(i))) {
                if (first >= 0) {
                    found.add(new Block(first, i));
                }
                first = i;
            }
        }
        if (first >= 0) {
            found.add(new Block(first, sublayers.size()));
        }
        return found;
    }

    /** Its sublayers. */
    public List<Sublayer> sublayers(ModelPlan plan) {
        return plan.sublayers().subList(first, end);
    }

    /** Whether it is attention or recurrent, alone or beside others. */
    static boolean mixesTokens(Sublayer sublayer) {
        return sublayer.mixers().stream().anyMatch(Block::mixesTokens);
    }

    private static boolean mixesTokens(Mixer mixer) {
        return mixer instanceof Attention || mixer instanceof Recurrent;
    }

    /** @throws ForetokenException CONFIG_INVALID */
    static void requireNamed(String operation, List<Integer> numbers, List<Block> blocks) {
        for (int number : numbers) {
            if (number >= blocks.size()) {
                throw refused("%s names block %d, this model has blocks 0 to %d"
                        .formatted(operation, number, blocks.size() - 1));
            }
        }
    }

    static ForetokenException refused(String what) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, "The recipe does not fit its base: " + what);
    }
}
