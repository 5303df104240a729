package dev.foretoken.nativeruntime.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive sublayers that are looked at together: one with attention or a recurrent mixer, and those behind it before the next such one.
 * Every sublayer is in one: those before the first attention are in the first block.
 *
 * @param first index of its first sublayer
 * @param end one past its last sublayer
 */
public record BlockRange(int first, int end) {

    /** Every block in order; at least one unless the plan has no sublayers. */
    public static List<BlockRange> of(ModelPlan plan) {
        List<BlockRange> found = new ArrayList<>();
        int first = 0;
        boolean mixed = false;
        for (int i = 0; i < plan.sublayers().size(); i++) {
            boolean mixes = plan.sublayers().get(i).mixers().stream()
                    .anyMatch(mixer -> mixer instanceof Attention || mixer instanceof Recurrent);
            if (mixes && mixed) {
                found.add(new BlockRange(first, i));
                first = i;
            }
            mixed |= mixes;
        }
        if (!plan.sublayers().isEmpty()) {
            found.add(new BlockRange(first, plan.sublayers().size()));
        }
        return found;
    }

    public List<Sublayer> sublayers(ModelPlan plan) {
        return plan.sublayers().subList(first, end);
    }
}
