package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts the sublayers of a plan together anew: some left out, some in several places. An attention reads the K and V of the copy of its source
 * that stands nearest before it, or nearest behind it where its source did.
 */
final class PlanEdit {

    private static final int NONE = -1;

    private final ModelPlan plan;
    private final List<Sublayer> sublayers = new ArrayList<>();
    /** Of the attentions put so far, which of the old plan each is, in order. */
    private final List<Integer> copied = new ArrayList<>();

    private final int[] firstAttention;

    PlanEdit(ModelPlan plan) {
        this.plan = plan;
        this.firstAttention = new int[plan.sublayers().size()];
        int attentions = 0;
        for (int i = 0; i < firstAttention.length; i++) {
            firstAttention[i] = attentions;
            attentions += attentions(plan.sublayers().get(i));
        }
    }

    static int attentions(Sublayer sublayer) {
        return (int)
                sublayer.mixers().stream().filter(Attention.class::isInstance).count();
    }

    void keep(int from, int to) {
        for (int i = from; i < to; i++) {
            put(i, plan.sublayers().get(i));
        }
    }

    /** {@code changed}: what becomes of the old sublayer {@code index}, with the same mixers in the same order, sources as they were. */
    void put(int index, Sublayer changed) {
        int old = firstAttention[index];
        int count = attentions(changed);
        for (int i = 0; i < count; i++) {
            copied.add(old + i);
        }
        sublayers.add(changed);
    }

    private Attention moved(Attention attention, int index) {
        KvSource source = attention.source();
        return attention.withSource(new KvSource(place(source.keys(), index), place(source.values(), index)));
    }

    /** Looks for the nearest, so that a copy finds what its own round has. */
    private int place(int source, int index) {
        int reader = copied.get(index);
        int found = source <= reader ? copied.subList(0, index + 1).lastIndexOf(source) : nearestBehind(source, index);
        if (found == NONE) {
            throw Block.refused(
                    "attention %d reads K or V of attention %d, which is dropped; drop both, or map it to another"
                            .formatted(reader, source));
        }
        return found;
    }

    private int nearestBehind(int source, int index) {
        int behind = copied.subList(index, copied.size()).indexOf(source);
        return behind == NONE ? NONE : index + behind;
    }

    ModelPlan plan() {
        List<Sublayer> placed = new ArrayList<>();
        int index = 0;
        for (Sublayer sublayer : sublayers) {
            List<Mixer> mixers = new ArrayList<>();
            for (Mixer mixer : sublayer.mixers()) {
                mixers.add(mixer instanceof Attention attention ? moved(attention, index++) : mixer);
            }
            placed.add(new Sublayer(sublayer.norms(), sublayer.residualScale(), mixers, sublayer.route()));
        }
        return plan.withSublayers(placed);
    }
}
