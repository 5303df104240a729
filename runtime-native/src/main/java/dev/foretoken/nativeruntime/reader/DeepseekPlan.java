package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;

/** Latent attention, then an MLP in the first layers and experts in the others, of which one takes every token (DeepSeek-V3 2024). */
final class DeepseekPlan {

    /**
     * @param scores what becomes of a query and key's dot product
     * @param sharedInner width of the expert of every token; 0: there is none
     * @param epsilon of the norms around sublayers
     */
    record Traits(
            LatentSizes sizes,
            RotarySettings rotary,
            Attention.Scores scores,
            ExpertTraits experts,
            int sharedInner,
            float epsilon) {}

    /** How a kind of file names the tensors that only this family has. */
    record Names(TensorNames common, LatentNames latent, String shared, String choiceBias) {
        static final Names HUGGING_FACE = new Names(
                TensorNames.HUGGING_FACE,
                LatentNames.HUGGING_FACE,
                "mlp.shared_experts.%s_proj.weight",
                "mlp.gate.e_score_correction_bias");

        static Names gguf(LatentNames latent) {
            return new Names(TensorNames.GGUF, latent, "ffn_%s_shexp.weight", "exp_probs_b.bias");
        }
    }

    private final DecoderShape shape;
    private final Traits traits;
    private final Names names;
    private final int hidden;

    private DeepseekPlan(DecoderShape shape, Traits traits, Names names) {
        this.shape = shape;
        this.traits = traits;
        this.names = names;
        this.hidden = shape.hidden();
    }

    static ModelPlan build(DecoderShape shape, Traits traits, Names names) {
        return new DeepseekPlan(shape, traits, names).build();
    }

    private ModelPlan build() {
        MatrixRef embedding = matrix(TensorRole.EMBEDDING, 0, shape.vocabulary(), hidden);
        MatrixRef head = shape.tied() ? embedding : matrix(TensorRole.HEAD, 0, shape.vocabulary(), hidden);
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            sublayers.add(Sublayer.of(norm(TensorRole.ATTENTION_NORM, layer), attention(layer)));
            sublayers.add(new Sublayer(List.of(norm(TensorRole.MLP_NORM, layer)), 1, feedForward(layer)));
        }
        return new ModelPlan(
                shape.architecture(),
                shape.contextTokens(),
                new Embedding(embedding, 1, null),
                sublayers,
                new Head(norm(TensorRole.FINAL_NORM, 0), head, 1, 0));
    }

    private Attention attention(int layer) {
        LatentSizes sizes = traits.sizes();
        String name = names.common().name(TensorRole.ATTENTION_OUTPUT, layer);
        Linear output = new Linear(
                new MatrixRef(
                        name + ".weight", hidden, sizes.heads() * sizes.dims().value()),
                sizes.bias() ? new VectorRef(name + ".bias", hidden) : null);
        return new Attention(
                sizes.maps(names.latent(), names.common().layer(layer), output),
                null,
                sizes.layout(),
                traits.scores(),
                traits.rotary(),
                0,
                KvSource.own(layer));
    }

    private List<Mixer> feedForward(int layer) {
        if (!traits.experts().has(layer)) {
            return List.of(mlp(
                    matrix(TensorRole.GATE, layer, shape.inner(), hidden),
                    matrix(TensorRole.UP, layer, shape.inner(), hidden),
                    matrix(TensorRole.DOWN, layer, hidden, shape.inner())));
        }
        String prefix = names.common().layer(layer);
        Moe moe = traits.experts().moe(prefix, hidden);
        int experts = moe.experts().size();
        Moe biased = new Moe(
                moe.router(),
                moe.routing().withChoiceBias(new VectorRef(prefix + names.choiceBias(), experts)),
                moe.experts());
        return traits.sharedInner() == 0 ? List.of(biased) : List.of(biased, shared(prefix + names.shared()));
    }

    private Mlp shared(String name) {
        int inner = traits.sharedInner();
        return mlp(
                new MatrixRef(name.formatted("gate"), inner, hidden),
                new MatrixRef(name.formatted("up"), inner, hidden),
                new MatrixRef(name.formatted("down"), hidden, inner));
    }

    private static Mlp mlp(MatrixRef gate, MatrixRef up, MatrixRef down) {
        return new Mlp(new Linear(gate, null), new Linear(up, null), new Linear(down, null), Activation.SILU);
    }

    private MatrixRef matrix(TensorRole role, int layer, int outputs, int inputs) {
        return new MatrixRef(names.common().name(role, layer) + ".weight", outputs, inputs);
    }

    private Norm norm(TensorRole role, int layer) {
        return Norm.rms(new VectorRef(names.common().name(role, layer) + ".weight", hidden), traits.epsilon());
    }
}
