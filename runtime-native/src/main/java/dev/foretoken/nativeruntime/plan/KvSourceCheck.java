package dev.foretoken.nativeruntime.plan;

import java.util.List;
import java.util.Objects;

/**
 * Whether every attention finds the K and the V that it reads: its own, or those of another attention, of the same heads and rotation, in
 * blocks that are there as long as it needs them.
 */
final class KvSourceCheck {

    private final PlanValidator plan;
    private final List<Attention> attentions;

    KvSourceCheck(PlanValidator plan, List<Attention> attentions) {
        this.plan = plan;
        this.attentions = attentions;
    }

    void check() {
        for (int i = 0; i < attentions.size(); i++) {
            source(i);
            maps(i);
        }
    }

    private void source(int index) {
        Attention reader = attentions.get(index);
        KvSource source = reader.source();
        if (source.isOwn(index)) {
            return;
        }
        known(index, source.keys());
        known(index, source.values());
        above(index, reader);
        Attention keys = attentions.get(source.keys());
        Attention values = attentions.get(source.values());
        plan.require(
                keys.maps() instanceof Attention.Direct && values.maps() instanceof Attention.Direct,
                "attention %d reads K or V of one that stores latent vectors",
                index);
        plan.require(
                keys.source().ownsKeys(source.keys()),
                "attention %d reads K of %d, which stores none",
                index,
                source.keys());
        plan.require(
                values.source().ownsValues(source.values()),
                "attention %d reads V of %d, which stores none",
                index,
                source.values());
        plan.require(
                keys.layout().kvHeads() == reader.layout().kvHeads()
                        && keys.layout().headDim() == reader.layout().headDim()
                        && Objects.equals(keys.rotary(), reader.rotary()),
                "attention %d reads K of %d, but heads or rotation differ",
                index,
                source.keys());
        plan.require(
                values.layout().kvHeads() == reader.layout().kvHeads()
                        && values.layout().valueDim() == reader.layout().valueDim(),
                "attention %d reads V of %d, but heads differ",
                index,
                source.values());
        windows(index, keys.window(), attentions.get(values.source().keys()).window());
    }

    private void known(int index, int source) {
        plan.require(
                source >= 0 && source < attentions.size(),
                "attention %d reads K or V of %d, must be one of %d",
                index,
                source,
                attentions.size());
    }

    /** A token does not see itself in what a later attention makes, so what is stored of it here would not be read. */
    private void above(int index, Attention reader) {
        KvSource source = reader.source();
        plan.require(
                !source.isAbove(index) || !source.ownsKeys(index) && !source.ownsValues(index),
                "attention %d reads K of %d and V of %d; one that reads from a later attention must store neither",
                index,
                source.keys(),
                source.values());
        plan.require(
                !source.isAbove(index) || reader.window() != 1,
                "attention %d reads K of %d and V of %d and sees 1 token; one that reads from a later attention does not see that one, so its window must be 2 or more",
                index,
                source.keys(),
                source.values());
    }

    /** {@code keys}, {@code values}: windows of the blocks that these are stored in. */
    private void windows(int index, int keys, int values) {
        int window = attentions.get(index).window();
        plan.require(
                keys == values,
                "attention %d reads K that are kept for %d tokens and V that are kept for %d, must be equal",
                index,
                keys,
                values);
        plan.require(
                keys == 0 || window > 0 && window <= keys,
                "attention %d sees %d tokens (0: all) of K and V that are kept for %d",
                index,
                window,
                keys);
    }

    private void maps(int index) {
        Attention attention = attentions.get(index);
        switch (attention.maps()) {
            case Attention.Direct direct -> {
                plan.require(
                        direct.key() != null || !attention.source().ownsKeys(index),
                        "attention %d stores K and has no map that makes them",
                        index);
                plan.require(
                        direct.value() != null || !attention.source().ownsValues(index),
                        "attention %d stores V and has no map that makes them",
                        index);
            }
            case LatentMaps latent ->
                plan.require(
                        attention.source().isOwn(index),
                        "attention %d makes latent vectors and reads K or V of another",
                        index);
        }
    }
}
