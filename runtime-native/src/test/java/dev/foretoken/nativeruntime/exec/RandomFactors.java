package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ExpandedProduct;
import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.JoinedRows;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Small models whose weights are of every kind. */
final class RandomFactors {

    private RandomFactors() {}

    /** Three layers of four heads over two KV heads, with biases. */
    static ModelPlan plain() {
        return RandomModels.plan("""
                {"model_type": "llama", "hidden_size": 40, "intermediate_size": 36, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 40,
                 "max_position_embeddings": 128, "attention_bias": true, "mlp_bias": true}""");
    }

    /** Low-rank pairs and sparse factors, some expanded, several over one input; heads of other layers. */
    static ModelPlan mixed() {
        ModelPlan plan = plain();
        Attention first = plan.attentions().getFirst();
        List<Sublayer> sublayers = new ArrayList<>();
        for (Sublayer sublayer : plan.sublayers()) {
            int layer = sublayers.size() / 2;
            sublayers.add(sublayer.withMixers(mixer -> switch (mixer) {
                case Attention attention when layer == 0 -> with(attention, 0);
                case Attention attention -> aliased(attention, first, layer);
                case Mlp mlp -> with(mlp, layer);
                default -> mixer;
            }));
        }
        return PlanValidator.validated(plan.withSublayers(sublayers));
    }

    private static Attention with(Attention attention, int seed) {
        Attention.Direct maps = attention.direct();
        return attention.withMaps(new Attention.Direct(
                maps.query(), maps.key(), factored(maps.value(), seed, false), lowRank(maps.output(), 7)));
    }

    /** The second group's heads are those of another layer; the map back is copied together. */
    private static Attention aliased(Attention attention, Attention other, int layer) {
        Attention.Direct maps = attention.direct();
        Attention.Direct from = other.direct();
        return attention.withMaps(new Attention.Direct(
                halves(maps.query(), from.query()),
                halves(maps.key(), from.key()),
                layer == 1 ? lowRank(maps.value(), 3) : factored(maps.value(), layer, true),
                maps.output()
                        .withWeight(new JoinedColumns(List.of(
                                maps.output().matrix().columns(32, 32),
                                maps.output().matrix().columns(0, 32))))));
    }

    private static Linear halves(Linear own, Linear other) {
        int half = own.outputs() / 2;
        return own.withWeight(new JoinedRows(
                List.of(own.matrix().rows(0, half), other.matrix().rows(half, half))));
    }

    private static Mlp with(Mlp mlp, int layer) {
        UnaryOperator<Linear> narrow = linear -> lowRank(linear, 5 + layer);
        UnaryOperator<Linear> sparse = linear -> factored(linear, layer, layer == 2);
        return new Mlp(
                layer == 1 ? narrow.apply(mlp.gate()) : sparse.apply(mlp.gate()),
                narrow.apply(mlp.up()),
                layer == 0 ? mlp.down() : sparse.apply(mlp.down()),
                mlp.activation());
    }

    static Linear lowRank(Linear linear, int rank) {
        String name = linear.matrix().tensor();
        return linear.withWeight(new LowRank(
                new MatrixRef(name + ".down", rank, linear.inputs()),
                new MatrixRef(name + ".up", linear.outputs(), rank)));
    }

    private static Linear factored(Linear linear, int seed, boolean expanded) {
        String name = linear.matrix().tensor();
        int vectors = 9 + seed;
        SparseProduct product = new SparseProduct(
                new MatrixRef(name + ".basis", vectors, linear.inputs()),
                new MatrixRef(name + ".values", linear.outputs(), 4),
                new PlaceRef(name + ".places", linear.outputs(), 4, vectors));
        return linear.withWeight(expanded ? new ExpandedProduct(product) : product);
    }
}
