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
 * that stands nearest before it.
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
        List<Mixer> mixers = new ArrayList<>();
        int count = attentions(changed);
        for (int i = 0; i < count; i++) {
            copied.add(old + i);
        }
        for (Mixer mixer : changed.mixers()) {
            mixers.add(mixer instanceof Attention attention ? attention.withSource(moved(attention, old++)) : mixer);
        }
        sublayers.add(new Sublayer(changed.norms(), changed.residualScale(), mixers, changed.route()));
    }

    private KvSource moved(Attention attention, int old) {
        KvSource source = attention.source();
        return new KvSource(place(source.keys(), old), place(source.values(), old));
    }

    /** Looks backwards, so that a copy finds what its own round has. */
    private int place(int source, int reader) {
        int found = copied.lastIndexOf(source);
        if (found == NONE) {
            throw Block.refused(
                    "attention %d reads K or V of attention %d, which is dropped; drop both, or map it to another"
                            .formatted(reader, source));
        }
        return found;
    }

    ModelPlan plan() {
        return plan.withSublayers(sublayers);
    }
}
