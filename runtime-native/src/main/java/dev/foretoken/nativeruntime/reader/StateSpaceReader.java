package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Mamba;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Heads;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Limits;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.MambaSizes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Models of state spaces alone: norm and mixer, layer after layer. {@code residual_in_fp32} says nothing here: residuals are fp32. */
final class StateSpaceReader {

    /** A state has no limit of its own; a sequence gets one, so that the memory for its tokens has. */
    static final int CONTEXT = 1 << 17;

    private final CheckpointConfig config;
    private final int hidden;
    private final float epsilon;

    private StateSpaceReader(CheckpointConfig config) {
        this.config = config;
        this.hidden = config.hiddenSize();
        this.epsilon = (float) config.number("layer_norm_epsilon", 1e-5);
        config.requireText("hidden_act", "silu", "silu");
    }

    static ModelPlan mamba(CheckpointConfig config) {
        StateSpaceReader reader = new StateSpaceReader(config);
        MambaSizes sizes = reader.mambaSizes();
        return reader.plan(prefix -> RecurrentMixers.mamba(prefix, sizes, Mamba.Norms.NONE), true);
    }

    static ModelPlan mamba2(CheckpointConfig config) {
        StateSpaceReader reader = new StateSpaceReader(config);
        Mamba2Sizes sizes = reader.mamba2Sizes();
        return reader.plan(prefix -> RecurrentMixers.mamba2(prefix, sizes), false);
    }

    private MambaSizes mambaSizes() {
        int rank = config.isText("time_step_rank") || !config.has("time_step_rank")
                ? automaticRank()
                : config.size("time_step_rank");
        return new MambaSizes(
                hidden,
                channels(),
                config.size("state_size", 16),
                rank,
                config.size("conv_kernel", 4),
                config.flag("use_bias", false),
                config.flag("use_conv_bias", true));
    }

    private int automaticRank() {
        String word = config.text("time_step_rank", "auto");
        if (!word.equals("auto")) {
            throw config.unsupported("time_step_rank", "\"" + word + "\"", "\"auto\" or a number");
        }
        return Math.ceilDiv(hidden, 16);
    }

    private Mamba2Sizes mamba2Sizes() {
        Heads heads = new Heads(
                config.size("num_heads", 128),
                config.size("head_dim", 64),
                config.size("state_size", 128),
                config.size("n_groups", 8));
        long width = (long) heads.count() * heads.dim();
        if (width != channels()) {
            throw config.unsupported("num_heads * head_dim", "= " + width, "expand * hidden_size = " + channels());
        }
        requireFits("n_groups * state_size", (long) heads.groups() * heads.states());
        if (!config.flag("rms_norm", true)) {
            throw config.unsupported("rms_norm", "false", "true");
        }
        List<Double> limit = config.interval("time_step_limit", 0, Double.POSITIVE_INFINITY);
        boolean bias = config.flag("use_bias", false);
        return new Mamba2Sizes(
                hidden,
                heads,
                config.size("conv_kernel", 4),
                new RecurrentMixers.Biases(bias, bias),
                config.flag("use_conv_bias", true),
                new Limits(limit.getFirst().floatValue(), limit.getLast().floatValue()),
                new Gate(channels(), true, epsilon));
    }

    /** {@code expand} may be a fraction. */
    private int channels() {
        double channels = config.positiveNumber("expand", 2) * hidden;
        requireFits("expand * hidden_size", (long) channels);
        return Math.max(1, (int) channels);
    }

    /** Widths are ints: sizes are fine one by one, and their product may not be. */
    private void requireFits(String name, long width) {
        if (width > CheckpointConfig.MAX_SIZE / 8) {
            throw config.unsupported(name, "= " + width, "at most " + CheckpointConfig.MAX_SIZE / 8);
        }
    }

    private ModelPlan plan(Function<String, Mixer> mixers, boolean tiedByDefault) {
        MatrixRef embedding = vocabularyMatrix("backbone.embeddings.weight");
        boolean tied = config.flag("tie_word_embeddings", tiedByDefault);
        List<Sublayer> sublayers = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = "backbone.layers." + layer;
            sublayers.add(Sublayer.of(norm(prefix + ".norm.weight"), mixers.apply(prefix + ".mixer")));
        }
        return new ModelPlan(
                config.modelType(),
                config.size("max_position_embeddings", CONTEXT),
                embedding,
                sublayers,
                norm("backbone.norm_f.weight"),
                tied ? embedding : vocabularyMatrix("lm_head.weight"));
    }

    private MatrixRef vocabularyMatrix(String name) {
        return new MatrixRef(name, config.size("vocab_size"), hidden);
    }

    private Norm norm(String name) {
        return Norm.rms(new VectorRef(name, hidden), epsilon);
    }
}
