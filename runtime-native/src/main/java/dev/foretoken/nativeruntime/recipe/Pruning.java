package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.LatentMaps;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Mixers with some of their neurons or KV heads, and the vectors that are made for them. */
final class Pruning {

    private final NewNames names;
    private final List<Making> makings = new ArrayList<>();

    Pruning(NewNames names) {
        this.names = names;
    }

    List<Making> makings() {
        return List.copyOf(makings);
    }

    Mlp neurons(int block, Mlp mlp, Picks kept) {
        if (kept.kept().getLast() >= mlp.inner()) {
            throw Block.refused("prune keeps neuron %d of block %d, which has neurons 0 to %d"
                    .formatted(kept.kept().getLast(), block, mlp.inner() - 1));
        }
        String place = block + ".mlp";
        Linear gate = mlp.gate();
        return new Mlp(
                gate == null ? null : outputs(place, gate, kept),
                outputs(place, mlp.up(), kept),
                inputs(mlp.down(), kept),
                mlp.activation());
    }

    Attention kvHeads(int block, Attention attention, Picks kept) {
        HeadLayout layout = attention.layout();
        if (kept.kept().getLast() >= layout.kvHeads()) {
            throw Block.refused("prune keeps KV head %d of block %d, which has KV heads 0 to %d"
                    .formatted(kept.kept().getLast(), block, layout.kvHeads() - 1));
        }
        requireNormsPerHead(block, attention);
        int queries = layout.heads() / layout.kvHeads();
        HeadLayout narrow =
                new HeadLayout(kept.size() * queries, kept.size(), layout.headDim(), layout.valueDim(), false);
        return new Attention(
                maps(block, attention, kept),
                attention.headNorms(),
                narrow,
                scores(block, attention.scores(), kept.wide(queries)),
                attention.rotary(),
                attention.window(),
                attention.source());
    }

    private Attention.Direct maps(int block, Attention attention, Picks kept) {
        HeadLayout layout = attention.layout();
        int queries = layout.heads() / layout.kvHeads();
        Picks mixed = kept.wide(queries * layout.valueDim());
        return switch (attention.maps()) {
            case Attention.Direct direct ->
                new Attention.Direct(
                        outputs(block + ".attention", direct.query(), kept.wide(queries * layout.headDim())),
                        optional(block, direct.key(), kept.wide(layout.headDim())),
                        optional(block, direct.value(), kept.wide(layout.valueDim())),
                        inputs(direct.output(), mixed),
                        direct.clip(),
                        optional(block, direct.gate(), mixed));
            case LatentMaps _ ->
                throw Block.refused(
                        "the heads of block %d read a common latent vector, so none has a cache of its own to save"
                                .formatted(block));
        };
    }

    private static void requireNormsPerHead(int block, Attention attention) {
        HeadLayout layout = attention.layout();
        for (Norm norm : attention.norms()) {
            if (norm.weight().size() != layout.headDim()) {
                throw Block.refused(
                        "block %d normalises all heads together, so that none can be taken away".formatted(block));
            }
        }
    }

    private @Nullable Linear optional(int block, @Nullable Linear linear, Picks kept) {
        return linear == null ? null : outputs(block + ".attention", linear, kept);
    }

    private Attention.Scores scores(int block, Attention.Scores scores, Picks heads) {
        VectorRef sinks = scores.sinks();
        return sinks == null ? scores : scores.withSinks(picked(block + ".attention", "sinks", sinks, heads));
    }

    private Linear outputs(String place, Linear linear, Picks kept) {
        MatrixRef whole = plain(linear);
        VectorRef bias = linear.bias();
        return new Linear(
                kept.rows(whole),
                bias == null ? null : picked(place, LinearEdit.stem(whole) + ".bias", bias, kept),
                linear.scale(),
                linear.biasScale(),
                null);
    }

    private static Linear inputs(Linear linear, Picks kept) {
        return linear.withWeight(kept.columns(plain(linear)));
    }

    private static MatrixRef plain(Linear linear) {
        if (linear.weight() instanceof MatrixRef ref && linear.addition() == null) {
            return ref;
        }
        throw Block.refused("prune meets %s, which an operation before it made of several; prune first"
                .formatted(linear.weight().matrices().getFirst().tensor()));
    }

    /** A view cannot pick here and there, so a vector of what is kept is made. */
    private VectorRef picked(String place, String what, VectorRef whole, Picks kept) {
        VectorRef made = new VectorRef(names.of("%s.%s".formatted(place, what)), kept.size());
        makings.add(new Making(
                "%s of %s".formatted(what, place),
                List.of(NewTensors.of(made)),
                weights -> List.of(kept.of(weights.vector(whole)))));
        return made;
    }
}
