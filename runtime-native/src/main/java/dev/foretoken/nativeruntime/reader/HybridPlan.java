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
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A plan that grows sublayer by sublayer, for models whose layers are not alike. Tensors are called as Hugging Face transformers does. */
final class HybridPlan {

    /**
     * What the attentions of a model have in common.
     *
     * @param bias of all four maps
     * @param rotary null: without positions
     */
    record Sight(
            HeadLayout layout,
            boolean bias,
            Attention.Scores scores,
            @Nullable RotarySettings rotary) {}

    /**
     * The vocabulary's two sides.
     *
     * @param embedding name of the tensor
     * @param finalNorm name of the tensor
     * @param embeddingScale what embeddings are multiplied by
     * @param logitScale what logits are multiplied by
     */
    record Ends(String embedding, String finalNorm, float embeddingScale, float logitScale) {
        static Ends plain(String finalNorm) {
            return new Ends("model.embed_tokens.weight", finalNorm, 1, 1);
        }
    }

    private final CheckpointConfig config;
    private final float epsilon;
    private final float residualScale;
    private final float normPlus;
    private final int hidden;
    private final List<Sublayer> sublayers = new ArrayList<>();
    private int attentions;

    /** {@code epsilon}: of every norm. */
    HybridPlan(CheckpointConfig config, float epsilon, float residualScale) {
        this(config, epsilon, residualScale, 0);
    }

    /** {@code normPlus}: added to every stored norm weight. */
    HybridPlan(CheckpointConfig config, float epsilon, float residualScale, float normPlus) {
        this.config = config;
        this.epsilon = epsilon;
        this.normPlus = normPlus;
        this.residualScale = residualScale;
        this.hidden = config.hiddenSize();
    }

    int hidden() {
        return hidden;
    }

    /** {@code norm}: name of the tensor, of what the mixers read. */
    void add(String norm, Mixer... mixers) {
        sublayers.add(new Sublayer(List.of(norm(norm, hidden)), residualScale, List.of(mixers)));
    }

    void add(Sublayer sublayer) {
        sublayers.add(sublayer);
    }

    /** {@code prefix}: of the maps, with its dot. */
    Attention attention(String prefix, Sight sight) {
        return attention(prefix, hidden, sight);
    }

    /** Of inputs as wide as this. */
    Attention attention(String prefix, int inputs, Sight sight) {
        HeadLayout layout = sight.layout();
        Attention.Direct maps = new Attention.Direct(
                linear(prefix + "q_proj", layout.queryWidth(), inputs, sight.bias()),
                linear(prefix + "k_proj", layout.keyWidth(), inputs, sight.bias()),
                linear(prefix + "v_proj", layout.valueWidth(), inputs, sight.bias()),
                linear(prefix + "o_proj", hidden, layout.mixedWidth(), sight.bias()));
        return new Attention(maps, null, layout, sight.scores(), sight.rotary(), 0, KvSource.own(attentions++));
    }

    /** With maps of its own making. */
    Attention attention(Attention.Maps maps, Attention.HeadNorms norms, Sight sight) {
        return new Attention(
                maps, norms, sight.layout(), sight.scores(), sight.rotary(), 0, KvSource.own(attentions++));
    }

    /** {@code prefix}: of the maps, with its dot. */
    Mlp mlp(String prefix, int inner, boolean bias) {
        return new Mlp(
                linear(prefix + "gate_proj", inner, hidden, bias),
                linear(prefix + "up_proj", inner, hidden, bias),
                linear(prefix + "down_proj", hidden, inner, bias),
                Activation.SILU);
    }

    Linear linear(String name, int outputs, int inputs, boolean bias) {
        return new Linear(
                new MatrixRef(name + ".weight", outputs, inputs), bias ? new VectorRef(name + ".bias", outputs) : null);
    }

    Norm norm(String tensor, int width) {
        return Norm.rms(new VectorRef(tensor, width).plus(normPlus), epsilon);
    }

    ModelPlan build(int contextTokens, Ends ends) {
        return build(contextTokens, ends, config.flag("tie_word_embeddings", false));
    }

    /** {@code tied}: the head is the embedding. */
    ModelPlan build(int contextTokens, Ends ends, boolean tied) {
        int vocabulary = config.size("vocab_size");
        MatrixRef embedding = new MatrixRef(ends.embedding(), vocabulary, hidden);
        MatrixRef head = tied ? embedding : new MatrixRef("lm_head.weight", vocabulary, hidden);
        return new ModelPlan(
                config.modelType(),
                contextTokens,
                new Embedding(embedding, ends.embeddingScale(), null),
                sublayers,
                new Head(norm(ends.finalNorm(), hidden), head, ends.logitScale(), 0));
    }
}
