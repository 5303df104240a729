package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
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

/** The plan shared by Llama and its relatives: attention and gated MLP, with norms around them. */
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
            sublayers.add(
                    sublayer(attention(layer), layer, TensorRole.ATTENTION_NORM, TensorRole.ATTENTION_OUTPUT_NORM));
            boolean sandwich = traits.norms().placement() == DecoderTraits.Norms.Placement.BOTH;
            sublayers.add(sublayer(
                    feedForward(layer),
                    layer,
                    sandwich ? TensorRole.MLP_INPUT_NORM : TensorRole.MLP_NORM,
                    TensorRole.MLP_OUTPUT_NORM));
        }
        DecoderTraits.Scales scales = traits.scales();
        return new ModelPlan(
                shape.architecture(),
                shape.contextTokens(),
                new Embedding(embedding, scales.embedding(), null),
                sublayers,
                new Head(norm(TensorRole.FINAL_NORM, 0, hidden), head, scales.logits(), scales.logitCap()));
    }

    private MatrixRef vocabularyMatrix(TensorRole role) {
        return new MatrixRef(names.name(role, 0) + ".weight", shape.vocabulary(), hidden);
    }

    private Sublayer sublayer(Mixer mixer, int layer, TensorRole before, TensorRole after) {
        Norm input = norm(before, layer, hidden);
        Norm output = norm(after, layer, hidden).at(Norm.Placement.OUTPUT);
        List<Norm> norms = switch (traits.norms().placement()) {
            case INPUT -> List.of(input);
            case OUTPUT -> List.of(output);
            case BOTH -> List.of(input, output);
        };
        return new Sublayer(norms, traits.scales().residual(), List.of(mixer));
    }

    private Attention attention(int layer) {
        DecoderTraits.Sight sight = traits.layers().get(layer);
        Attention.Scores scores = traits.scales().scores();
        int heads = traits.layout().heads();
        return new Attention(
                maps(layer).withClip(traits.scales().clip()),
                headNorms(layer),
                traits.layout(),
                sight.sinks() ? scores.withSinks(new VectorRef(names.sinks(layer), heads)) : scores,
                sight.rotary(),
                sight.window(),
                KvSource.own(layer));
    }

    private Attention.Direct maps(int layer) {
        int query = traits.layout().queryWidth();
        int key = traits.layout().keyWidth();
        Linear output = linear(
                TensorRole.ATTENTION_OUTPUT,
                layer,
                hidden,
                query,
                traits.biases().attentionOutput());
        boolean bias = traits.biases().queryKeyValue();
        if (traits.fused()) {
            Linear all = linear(TensorRole.QUERY_KEY_VALUE, layer, query + 2 * key, hidden, bias);
            return new Attention.Direct(
                    all.outputs(0, query), all.outputs(query, key), all.outputs(query + key, key), output);
        }
        return new Attention.Direct(
                linear(TensorRole.QUERY, layer, query, hidden, bias),
                linear(TensorRole.KEY, layer, key, hidden, bias),
                linear(TensorRole.VALUE, layer, key, hidden, bias),
                output);
    }

    private Attention.@Nullable HeadNorms headNorms(int layer) {
        HeadLayout layout = traits.layout();
        return switch (traits.norms().queryKey()) {
            case NONE -> null;
            case HEADS -> headNorms(layer, layout.headDim(), layout.headDim());
            case WHOLE -> headNorms(layer, layout.queryWidth(), layout.keyWidth());
        };
    }

    private Attention.HeadNorms headNorms(int layer, int query, int key) {
        return new Attention.HeadNorms(
                norm(TensorRole.QUERY_NORM, layer, query), norm(TensorRole.KEY_NORM, layer, key));
    }

    private Mixer feedForward(int layer) {
        return experts != null && experts.has(layer) ? experts.moe(names.layer(layer), hidden) : mlp(layer);
    }

    private Mlp mlp(int layer) {
        boolean bias = traits.biases().mlp();
        int inner = shape.inner();
        Linear down = linear(TensorRole.DOWN, layer, hidden, inner, bias);
        if (traits.fused()) {
            Linear both = linear(TensorRole.GATE_UP, layer, 2 * inner, hidden, bias);
            return new Mlp(both.outputs(0, inner), both.outputs(inner, inner), down, traits.activation());
        }
        return new Mlp(
                linear(TensorRole.GATE, layer, inner, hidden, bias),
                linear(TensorRole.UP, layer, inner, hidden, bias),
                down,
                traits.activation());
    }

    private Linear linear(TensorRole role, int layer, int outputs, int inputs, boolean bias) {
        String name = names.name(role, layer);
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }

    private Norm norm(TensorRole role, int layer, int width) {
        VectorRef weight = new VectorRef(names.name(role, layer) + ".weight", width);
        float plus = traits.norms().plus();
        return Norm.rms(plus == 0 ? weight : weight.plus(plus), traits.norms().epsilon());
    }
}
