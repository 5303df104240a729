package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Gate;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Heads;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Limits;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.Mamba2Sizes;
import dev.foretoken.nativeruntime.reader.RecurrentMixers.MambaSizes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fields that configurations of hybrid models have in common. */
final class HybridFields {

    /** Widths are ints: sizes are fine one by one, and their product may not be. */
    private static final int MAX_WIDTH = CheckpointConfig.MAX_SIZE / 8;

    private HybridFields() {}

    /** {@code kvHeads}: where the field is missing; null means as many as query heads. */
    static HeadLayout heads(CheckpointConfig config, int kvHeads) {
        int heads = config.size("num_attention_heads");
        int absent = config.isNull("num_key_value_heads") ? heads : kvHeads;
        HeadLayout layout = new HeadLayout(
                heads, config.size("num_key_value_heads", absent), config.size("head_dim", config.hiddenShare(heads)));
        DecoderReader.requireWidth(config, layout);
        return layout;
    }

    /** Which layers have attention, by {@code layer_types} as transformers 5 and as 4 calls them; without the field none has. */
    static List<Boolean> attentionLayers(CheckpointConfig config) {
        List<Boolean> found = new ArrayList<>();
        if (!config.has("layer_types")) {
            for (int layer = 0; layer < config.layers(); layer++) {
                found.add(false);
            }
            return found;
        }
        for (String type : config.texts("layer_types")) {
            found.add(
                    switch (type) {
                        case "full_attention", "attention" -> true;
                        case "linear_attention", "mamba" -> false;
                        default ->
                            throw config.unsupported(
                                    "layer_types", "\"" + type + "\"", "full_attention or linear_attention");
                    });
        }
        if (found.size() != config.layers()) {
            throw config.unsupported(
                    "layer_types", found.size() + " entries", "one per layer: " + config.layers() + " entries");
        }
        return found;
    }

    /** Inner width by {@code mamba_expand}. */
    static int channels(CheckpointConfig config) {
        long channels = (long) config.size("mamba_expand", 2) * config.hiddenSize();
        requireFits(config, "mamba_expand * hidden_size", channels);
        return (int) channels;
    }

    /** A Mamba mixer whose fields begin with {@code mamba_}. */
    static MambaSizes mamba(CheckpointConfig config) {
        int hidden = config.hiddenSize();
        boolean given = config.has("mamba_dt_rank") && !config.isText("mamba_dt_rank");
        if (!given) {
            requireAuto(config, "mamba_dt_rank");
        }
        return new MambaSizes(
                hidden,
                channels(config),
                config.size("mamba_d_state", 16),
                given ? config.size("mamba_dt_rank") : Math.ceilDiv(hidden, 16),
                config.size("mamba_d_conv", 4),
                config.flag("mamba_proj_bias", false),
                config.flag("mamba_conv_bias", true));
    }

    /**
     * A Mamba-2 mixer whose fields begin with {@code mamba_}.
     *
     * @param outputBias of {@code out_proj}
     */
    static Mamba2Sizes mamba2(CheckpointConfig config, int channels, boolean outputBias, @Nullable Gate gate) {
        int count = config.size("mamba_n_heads", 128);
        boolean given = config.has("mamba_d_head") && !config.isText("mamba_d_head");
        if (!given) {
            requireAuto(config, "mamba_d_head");
        }
        int dim = given ? config.size("mamba_d_head") : Math.max(1, channels / count);
        if ((long) count * dim != channels) {
            throw config.unsupported(
                    "mamba_n_heads * mamba_d_head", "= " + (long) count * dim, "the mixer's width, " + channels);
        }
        Heads heads = new Heads(count, dim, config.size("mamba_d_state", 256), config.size("mamba_n_groups", 1));
        requireFits(config, "mamba_n_groups * mamba_d_state", (long) heads.groups() * heads.states());
        List<Double> limit = config.interval("time_step_limit", 0, Double.POSITIVE_INFINITY);
        return new Mamba2Sizes(
                config.hiddenSize(),
                heads,
                config.size("mamba_d_conv", 4),
                new RecurrentMixers.Biases(config.flag("mamba_proj_bias", false), outputBias),
                config.flag("mamba_conv_bias", true),
                new Limits(limit.getFirst().floatValue(), limit.getLast().floatValue()),
                gate);
    }

    /** The word, or nothing. */
    private static void requireAuto(CheckpointConfig config, String key) {
        String word = config.text(key, "auto");
        if (!word.equals("auto")) {
            throw config.unsupported(key, "\"" + word + "\"", "\"auto\" or a number");
        }
    }

    static void requireFits(CheckpointConfig config, String name, long width) {
        if (width > MAX_WIDTH) {
            throw config.unsupported(name, "= " + width, "at most " + MAX_WIDTH);
        }
    }
}
