package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code prune} can cut, by block.
 *
 * @param attentions with several KV heads, no norm over all of them, whose cache no other reads
 * @param mlps with more than {@link #GRID} neurons
 */
record PrunableBlocks(Map<Integer, Attention> attentions, Map<Integer, Mlp> mlps) {

    /** A block keeps a multiple of so many neurons. */
    static final int GRID = 32;

    static PrunableBlocks of(ModelPlan plan) {
        Map<Integer, Attention> attentions = new TreeMap<>();
        Map<Integer, Mlp> mlps = new TreeMap<>();
        List<Block> blocks = Block.of(plan);
        int count = 0;
        for (int number = 0; number < blocks.size(); number++) {
            List<Attention> own = of(Attention.class, blocks.get(number), plan);
            List<Mlp> inner = of(Mlp.class, blocks.get(number), plan);
            if (own.size() == 1 && canCut(plan, own.getFirst(), count)) {
                attentions.put(number, own.getFirst());
            }
            if (inner.size() == 1 && canCut(inner.getFirst())) {
                mlps.put(number, inner.getFirst());
            }
            count += own.size();
        }
        return new PrunableBlocks(attentions, mlps);
    }

    private static <T extends Mixer> List<T> of(Class<T> kind, Block block, ModelPlan plan) {
        return block.sublayers(plan).stream()
                .flatMap(sublayer -> sublayer.mixers().stream())
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static boolean canCut(Mlp mlp) {
        return mlp.inner() > GRID && isPlain(mlp.linears());
    }

    private static boolean canCut(ModelPlan plan, Attention attention, int index) {
        List<Attention> all = plan.attentions();
        for (int i = 0; i < all.size(); i++) {
            boolean reads =
                    all.get(i).source().keys() == index || all.get(i).source().values() == index;
            if (reads != (i == index)) {
                return false;
            }
        }
        return attention.source().isOwn(index)
                && attention.maps() instanceof Attention.Direct
                && attention.layout().kvHeads() > 1
                && attention.norms().stream()
                        .allMatch(norm ->
                                norm.weight().size() == attention.layout().headDim())
                && isPlain(attention.linears());
    }

    private static boolean isPlain(List<Linear> linears) {
        return linears.stream().allMatch(linear -> linear.weight() instanceof MatrixRef && linear.addition() == null);
    }
}
