package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plan shared by Llama and its relatives: norm, attention, norm, gated MLP. */
final class DecoderPlan {

    private final DecoderShape shape;
    private final DecoderTraits traits;
    private final TensorNames names;
    private final @Nullable ExpertTraits experts;
    private final int hidden;

    private DecoderPlan(DecoderShape shape, DecoderTraits traits, TensorNames names, @Nullable ExpertTraits experts) {
        this.shape = shape;
        this.traits = traits;
        this.names = names;
        this.experts = experts;
        this.hidden = shape.hidden();
    }

    /** {@code experts}: null where every layer has a plain MLP. */
    static ModelPlan build(
            DecoderShape shape, DecoderTraits traits, TensorNames names, @Nullable ExpertTraits experts) {
        return new DecoderPlan(shape, traits, names, experts).build();
    }

    private ModelPlan build() {
        MatrixRef embedding = vocabularyMatrix(TensorRole.EMBEDDING);
        MatrixRef head = shape.tied() ? embedding : vocabularyMatrix(TensorRole.HEAD);
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            sublayers.add(Sublayer.of(norm(TensorRole.ATTENTION_NORM, layer, hidden), attention(layer)));
            sublayers.add(Sublayer.of(norm(TensorRole.MLP_NORM, layer, hidden), feedForward(layer)));
        }
        Norm last = norm(TensorRole.FINAL_NORM, 0, hidden);
        return new ModelPlan(shape.architecture(), shape.numbers().contextTokens(), embedding, sublayers, last, head);
    }

    private MatrixRef vocabularyMatrix(TensorRole role) {
        return new MatrixRef(names.name(role, 0) + ".weight", shape.vocabulary(), hidden);
    }

    private Attention attention(int layer) {
        HeadLayout layout = traits.layout();
        boolean bias = traits.biases().queryKeyValue();
        Attention.Maps maps = new Attention.Maps(
                linear(TensorRole.QUERY, layer, layout.queryWidth(), hidden, bias),
                linear(TensorRole.KEY, layer, layout.keyWidth(), hidden, bias),
                linear(TensorRole.VALUE, layer, layout.keyWidth(), hidden, bias),
                linear(
                        TensorRole.ATTENTION_OUTPUT,
                        layer,
                        hidden,
                        layout.queryWidth(),
                        traits.biases().attentionOutput()));
        return new Attention(
                maps,
                headNorms(layer),
                layout,
                shape.numbers().rotary(),
                traits.windows().get(layer),
                KvSource.own(layer));
    }

    private Attention.@Nullable HeadNorms headNorms(int layer) {
        if (!traits.headNorms()) {
            return null;
        }
        int width = traits.layout().headDim();
        return new Attention.HeadNorms(
                norm(TensorRole.QUERY_NORM, layer, width), norm(TensorRole.KEY_NORM, layer, width));
    }

    private Mixer feedForward(int layer) {
        return experts != null && experts.has(layer) ? experts.moe(names.layer(layer), hidden) : mlp(layer);
    }

    private Mlp mlp(int layer) {
        boolean bias = traits.biases().mlp();
        return new Mlp(
                linear(TensorRole.GATE, layer, shape.inner(), hidden, bias),
                linear(TensorRole.UP, layer, shape.inner(), hidden, bias),
                linear(TensorRole.DOWN, layer, hidden, shape.inner(), bias),
                Activation.SILU);
    }

    private Linear linear(TensorRole role, int layer, int outputs, int inputs, boolean bias) {
        String name = names.name(role, layer);
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }

    private Norm norm(TensorRole role, int layer, int width) {
        return Norm.rms(
                new VectorRef(names.name(role, layer) + ".weight", width),
                shape.numbers().epsilon());
    }
}
