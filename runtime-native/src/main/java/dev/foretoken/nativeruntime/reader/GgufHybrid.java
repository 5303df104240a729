package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Activation;
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
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The plan of a GGUF file whose layers, or some of them, carry a state. */
final class GgufHybrid {

    static final String GRANITE = "granitehybrid";
    static final String NEMOTRON = "nemotron_h";
    static final String NEMOTRON_MOE = "nemotron_h_moe";
    private static final String JAMBA = "jamba";
    private static final String QWEN = "qwen3next";

    /** What is served. */
    static final List<String> ARCHITECTURES =
            List.of("falcon-h1", GRANITE, JAMBA, "mamba", "mamba2", NEMOTRON, NEMOTRON_MOE, QWEN);

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;
    private final int hidden;
    private final float epsilon;
    private final @Nullable RotarySettings rotary;
    private final GgufStates states;
    private int attentions;

    GgufHybrid(GgufFile file, String architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
        this.hidden = size("embedding_length");
        this.epsilon = number("attention.layer_norm_rms_epsilon", 1e-6);
        this.rotary = turns() ? new GgufRotary(file, architecture + ".").partial(headDim()) : null;
        this.states = new GgufStates(metadata, architecture, hidden);
    }

    /** {@code layers}: those that predict further tokens included; {@code vocabulary}: rows of the embedding. */
    ModelPlan plan(int layers, int vocabulary) {
        MatrixRef embedding = new MatrixRef("token_embd.weight", vocabulary, hidden);
        boolean tied = file.tensor("output.weight").isEmpty();
        MatrixRef head = tied ? embedding : new MatrixRef("output.weight", vocabulary, hidden);
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < layers - metadata.integer(key("nextn_predict_layers"), 0, layers - 1, 0); layer++) {
            add(sublayers, new GgufLayer(file, "blk." + layer + ".", epsilon), layer);
        }
        return new ModelPlan(
                architecture,
                contextTokens(),
                new Embedding(embedding, number("embedding_scale", 1), null),
                sublayers,
                new Head(
                        Norm.rms(new VectorRef("output_norm.weight", hidden), epsilon),
                        head,
                        1 / number("logit_scale", 1),
                        0));
    }

    private int contextTokens() {
        int trained = size("context_length");
        return rotary == null
                ? Math.min(trained, StateSpaceReader.CONTEXT)
                : RotaryReader.contextTokens(rotary.scaling(), trained);
    }

    /** Whether attention knows positions. */
    private boolean turns() {
        return switch (architecture) {
            case "falcon-h1", QWEN -> true;
            case GRANITE -> metadata.flag(key("rope.scaling.finetuned"), true);
            default -> false;
        };
    }

    private void add(List<Sublayer> sublayers, GgufLayer layer, int index) {
        List<Mixer> mixers = new ArrayList<>();
        if (layer.has("ssm_out.weight")) {
            mixers.add(states.mixer(layer));
        }
        if (layer.has("attn_q.weight")) {
            mixers.add(attention(layer, index));
        }
        String second = secondNorm(layer);
        if (second == null) {
            mixers.addAll(feedForward(layer, index));
        }
        sublayers.add(sublayer(layer.norm("attn_norm.weight", hidden), mixers));
        if (second != null) {
            sublayers.add(sublayer(layer.norm(second, hidden), feedForward(layer, index)));
        }
    }

    private Sublayer sublayer(Norm norm, List<Mixer> mixers) {
        return new Sublayer(List.of(norm), number("residual_scale", 1), mixers);
    }

    /** Of the feed-forward part; null where a layer has one norm. Falcon's is without an ending. */
    private static @Nullable String secondNorm(GgufLayer layer) {
        for (String name : List.of("post_attention_norm.weight", "ffn_norm.weight", "ffn_norm")) {
            if (layer.has(name)) {
                return name;
            }
        }
        return null;
    }

    private int headDim() {
        int heads = size("attention.head_count");
        return metadata.integer(key("attention.key_length"), 1, CheckpointConfig.MAX_SIZE, Math.max(1, hidden / heads));
    }

    private HeadLayout layout(int layer) {
        int heads = size("attention.head_count");
        HeadLayout layout = new HeadLayout(heads, perLayer("attention.head_count_kv", layer, heads), headDim());
        long width = (long) Math.max(layout.heads(), layout.kvHeads()) * layout.headDim();
        if (width > CheckpointConfig.MAX_SIZE / 2) {
            throw metadata.unsupported(
                    key("attention.head_count * key_length"), "= " + width, "at most " + CheckpointConfig.MAX_SIZE / 2);
        }
        return layout;
    }

    private Attention attention(GgufLayer layer, int index) {
        HeadLayout layout = layout(index);
        float scale = number("attention.scale", 0);
        Attention.Scores scores = scale == 0 ? Attention.Scores.of(layout.headDim()) : new Attention.Scores(scale, 0);
        int dim = layout.headDim();
        Attention.HeadNorms norms = layer.has("attn_q_norm.weight")
                ? new Attention.HeadNorms(layer.norm("attn_q_norm.weight", dim), layer.norm("attn_k_norm.weight", dim))
                : null;
        return new Attention(maps(layer, layout), norms, layout, scores, rotary, 0, KvSource.own(attentions++));
    }

    /** Query and gate of every head lie side by side where there is a gate. */
    private Attention.Direct maps(GgufLayer layer, HeadLayout layout) {
        int width = layout.queryWidth();
        int dim = layout.headDim();
        boolean gated = architecture.equals(QWEN);
        Linear query = layer.linear("attn_q", gated ? 2 * width : width, hidden);
        Attention.Direct maps = new Attention.Direct(
                gated ? query.outputBlocks(0, dim, 2 * dim, width) : query,
                layer.linear("attn_k", layout.keyWidth(), hidden),
                layer.linear("attn_v", layout.keyWidth(), hidden),
                layer.linear("attn_output", hidden, width));
        return gated ? maps.withGate(query.outputBlocks(dim, dim, 2 * dim, width)) : maps;
    }

    private List<Mixer> feedForward(GgufLayer layer, int index) {
        List<Mixer> mixers = new ArrayList<>();
        if (layer.has("ffn_gate_inp.weight")) {
            mixers.add(experts(layer, index));
        }
        if (layer.has("ffn_up_shexp.weight")) {
            Mlp shared = mlp(layer, "_shexp", size("expert_shared_feed_forward_length"));
            mixers.add(
                    layer.has("ffn_gate_inp_shexp.weight")
                            ? new SharedExpert(shared, layer.toOne("ffn_gate_inp_shexp", hidden))
                            : shared);
        }
        if (layer.has("ffn_up.weight")) {
            mixers.add(mlp(layer, "", perLayer("feed_forward_length", index, 1)));
        }
        return mixers;
    }

    /** Without a gate it is Nemotron's. */
    private Mlp mlp(GgufLayer layer, String ending, int inner) {
        boolean gated = layer.has("ffn_gate" + ending + ".weight");
        return new Mlp(
                gated ? layer.linear("ffn_gate" + ending, inner, hidden) : null,
                layer.linear("ffn_up" + ending, inner, hidden),
                layer.linear("ffn_down" + ending, hidden, inner),
                gated ? Activation.SILU : Activation.RELU_SQUARED);
    }

    private Moe experts(GgufLayer layer, int index) {
        String width = "expert_feed_forward_length";
        int inner = metadata.has(key(width)) ? size(width) : perLayer("feed_forward_length", index, 1);
        GgufExperts experts = new GgufExperts(metadata, architecture + ".", hidden);
        return layer.has("ffn_gate_exps.weight")
                ? experts.gated(layer, inner, !architecture.equals(JAMBA))
                : experts.ungated(layer, inner);
    }

    /** A number for all layers, or one for each. */
    private int perLayer(String name, int layer, int absent) {
        String key = key(name);
        double[] numbers = metadata.isList(key) ? metadata.numbers(key) : new double[0];
        if (numbers.length == 0) {
            return metadata.integer(key, 1, CheckpointConfig.MAX_SIZE, absent);
        }
        double found = layer < numbers.length ? numbers[layer] : 0;
        if (found < 1 || found > CheckpointConfig.MAX_SIZE) {
            throw metadata.unsupported(
                    key, "%s for layer %d".formatted(found, layer), "a positive number where a layer needs one");
        }
        return (int) found;
    }

    private String key(String name) {
        return architecture + "." + name;
    }

    private int size(String name) {
        return metadata.integer(key(name), 1, CheckpointConfig.MAX_SIZE);
    }

    private float number(String name, double absent) {
        return (float) metadata.number(key(name), absent);
    }
}
