package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A KV head of a block, with the query heads that read it. */
record HeadGroup(int block, int group) {

    /** Groups that follow one another. */
    record Run(HeadGroup first, int count) {
        boolean isFollowedBy(HeadGroup other) {
            return other.block == first.block && other.group == first.group + count;
        }

        Run longer() {
            return new Run(first, count + 1);
        }
    }

    /** The attention of every block that has one. */
    static Map<Integer, Attention> attentions(ModelPlan plan) {
        Map<Integer, Attention> found = new TreeMap<>();
        changed(plan, (block, attention) -> {
            found.put(block, attention);
            return attention;
        });
        return found;
    }

    /** The plan with the attention of every block changed. */
    static ModelPlan changed(ModelPlan plan, BiFunction<Integer, Attention, Attention> change) {
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        List<Block> blocks = Block.of(plan);
        for (int i = 0; i < blocks.size(); i++) {
            int number = i;
            int index = blocks.get(i).first();
            sublayers.set(
                    index,
                    sublayers
                            .get(index)
                            .withMixers(mixer ->
                                    mixer instanceof Attention attention ? change.apply(number, attention) : mixer));
        }
        return plan.withSublayers(sublayers);
    }

    void requireLike(HeadGroup other, Map<Integer, Attention> attentions) {
        Attention own = require(attentions);
        Attention read = other.require(attentions);
        if (!own.layout().equals(read.layout())) {
            throw Block.refused("alias-heads names %s and %s, whose heads differ".formatted(this, other));
        }
        for (Linear linear : maps(read, other.block).linears()) {
            matrix(linear, new Run(other, 1));
        }
    }

    private Attention require(Map<Integer, Attention> attentions) {
        Attention attention = attentions.get(block);
        if (attention == null || group >= attention.layout().kvHeads()) {
            throw Block.refused("alias-heads names %s, which is not there".formatted(this));
        }
        maps(attention, block);
        return attention;
    }

    static Attention.Direct maps(Map<Integer, Attention> attentions, Run run) {
        return maps(attentions.get(run.first.block), run.first.block);
    }

    static Attention.Direct maps(Attention attention, int block) {
        return switch (attention.maps()) {
            case Attention.Direct direct -> {
                own(direct.key(), block);
                own(direct.value(), block);
                yield direct;
            }
            case LatentMaps _ ->
                throw Block.refused("the heads of block %d read a common latent vector, so none can read another's"
                        .formatted(block));
        };
    }

    static Linear own(@Nullable Linear linear, int block) {
        if (linear == null) {
            throw Block.refused(
                    "block %d reads K or V of another, so its heads have no weights of their own".formatted(block));
        }
        return linear;
    }

    static MatrixRef matrix(Linear linear, Run run) {
        if (linear.weight() instanceof MatrixRef ref && linear.scale() == 1 && linear.addition() == null) {
            return ref;
        }
        throw Block.refused("alias-heads names %s, whose weights are scaled or made of several".formatted(run.first));
    }

    @Override
    public String toString() {
        return "KV head %d of block %d".formatted(group, block);
    }
}
