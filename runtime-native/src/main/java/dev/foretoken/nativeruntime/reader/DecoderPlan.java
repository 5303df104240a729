package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plan shared by Llama and its relatives: norm, attention, norm, gated MLP, with the tensor names of Hugging Face. */
final class DecoderPlan {

    private static final double DEFAULT_EPSILON = 1e-6;

    private final CheckpointConfig config;
    private final DecoderTraits traits;
    private final RotaryReader rotary;
    private final int hidden;
    private final float epsilon;

    private DecoderPlan(CheckpointConfig config, DecoderTraits traits) {
        this.config = config;
        this.traits = traits;
        this.rotary = new RotaryReader(config);
        this.hidden = config.hiddenSize();
        this.epsilon = (float) config.number("rms_norm_eps", DEFAULT_EPSILON);
    }

    static ModelPlan build(CheckpointConfig config, DecoderTraits traits) {
        requireWidth(config, traits.layout());
        return new DecoderPlan(config, traits).build();
    }

    /** Widths are ints: heads and head_dim are fine one by one, and their product may not be. */
    private static void requireWidth(CheckpointConfig config, HeadLayout layout) {
        long width = (long) Math.max(layout.heads(), layout.kvHeads()) * layout.headDim();
        if (width > CheckpointConfig.MAX_SIZE) {
            throw config.unsupported(
                    "num_attention_heads * head_dim", "= " + width, "at most " + CheckpointConfig.MAX_SIZE);
        }
    }

    private ModelPlan build() {
        int vocabulary = config.size("vocab_size");
        MatrixRef embedding = new MatrixRef("model.embed_tokens.weight", vocabulary, hidden);
        boolean tied = config.flag("tie_word_embeddings", false);
        MatrixRef head = tied ? embedding : new MatrixRef("lm_head.weight", vocabulary, hidden);
        RotarySettings settings = rotary.settings(traits.layout().headDim());
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            sublayers.add(attention(layer, settings));
            sublayers.add(mlp("model.layers." + layer + "."));
        }
        return new ModelPlan(
                config.modelType(), rotary.contextTokens(settings), embedding, sublayers, norm("model.norm"), head);
    }

    private Attention attention(int layer, RotarySettings settings) {
        String prefix = "model.layers." + layer + ".";
        HeadLayout layout = traits.layout();
        boolean bias = traits.biases().queryKeyValue();
        Attention.Maps maps = new Attention.Maps(
                linear(prefix + "self_attn.q_proj", layout.queryWidth(), hidden, bias),
                linear(prefix + "self_attn.k_proj", layout.keyWidth(), hidden, bias),
                linear(prefix + "self_attn.v_proj", layout.keyWidth(), hidden, bias),
                linear(
                        prefix + "self_attn.o_proj",
                        hidden,
                        layout.queryWidth(),
                        traits.biases().attentionOutput()));
        int window = traits.windows().get(layer);
        List<Norm> norms = List.of(norm(prefix + "input_layernorm"));
        return new Attention(norms, maps, headNorms(prefix), layout, settings, window, KvSource.own(layer));
    }

    private Attention.@Nullable HeadNorms headNorms(String prefix) {
        if (!traits.headNorms()) {
            return null;
        }
        int width = traits.layout().headDim();
        return new Attention.HeadNorms(
                norm(prefix + "self_attn.q_norm", width), norm(prefix + "self_attn.k_norm", width));
    }

    private Mlp mlp(String prefix) {
        int inner = config.size("intermediate_size");
        boolean bias = traits.biases().mlp();
        return new Mlp(
                List.of(norm(prefix + "post_attention_layernorm")),
                linear(prefix + "mlp.gate_proj", inner, hidden, bias),
                linear(prefix + "mlp.up_proj", inner, hidden, bias),
                linear(prefix + "mlp.down_proj", hidden, inner, bias),
                Activation.SILU);
    }

    private Linear linear(String name, int outputs, int inputs, boolean bias) {
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }

    private Norm norm(String name) {
        return norm(name, hidden);
    }

    private Norm norm(String name, int width) {
        return Norm.rms(new VectorRef(name + ".weight", width), epsilon);
    }
}
