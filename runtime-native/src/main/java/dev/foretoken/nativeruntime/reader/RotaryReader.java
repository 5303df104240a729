package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;

/**
 * Rotary settings in both spellings: {@code rope_parameters} with the base inside (transformers 5), and {@code rope_theta} beside {@code
 * rope_scaling}, whose type is called {@code rope_type} or {@code type} (transformers 4).
 */
final class RotaryReader {

    private static final double DEFAULT_THETA = 10000;
    private static final String ORIGINAL = "original_max_position_embeddings";

    private final CheckpointConfig config;
    private final CheckpointConfig rope;
    private final int trainedContext;

    RotaryReader(CheckpointConfig config) {
        this.config = config;
        this.rope = config.child(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        this.trainedContext = config.size("max_position_embeddings");
    }

    RotarySettings settings(int headDim) {
        double theta = rope.number("rope_theta", config.number("rope_theta", DEFAULT_THETA));
        double share = rope.number("partial_rotary_factor", config.number("partial_rotary_factor", 1));
        if (share != 1) {
            throw config.unsupported("partial_rotary_factor", Double.toString(share), "1");
        }
        return new RotarySettings(headDim, theta, scaling());
    }

    int contextTokens(RotarySettings settings) {
        return contextTokens(settings.scaling(), trainedContext);
    }

    /** Positions the model can use: the scaled context where the configuration gives the unscaled one. */
    static int contextTokens(RotaryScaling scaling, int trainedContext) {
        double scaled = switch (scaling) {
            case RotaryScaling.None n -> trainedContext;
            case RotaryScaling.Linear linear -> trainedContext * linear.factor();
            case RotaryScaling.Dynamic dynamic -> dynamic.originalContext() * dynamic.factor();
            case RotaryScaling.Llama3 llama3 -> trainedContext;
            case RotaryScaling.Yarn yarn -> yarn.originalContext() * yarn.factor();
            case RotaryScaling.Divided divided -> trainedContext;
        };
        return (int) Math.min(Math.max(scaled, trainedContext), CheckpointConfig.MAX_SIZE);
    }

    private RotaryScaling scaling() {
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(factor());
            case "dynamic" -> new RotaryScaling.Dynamic(factor(), rope.size(ORIGINAL, trainedContext));
            case "llama3" -> llama3();
            case "yarn" -> yarn();
            default ->
                throw config.unsupported(
                        "rope_type", "\"" + type + "\"", "one of default, linear, dynamic, llama3, yarn");
        };
    }

    private double factor() {
        double factor = rope.number("factor");
        if (!(factor >= 1) || factor > 1 << 20) {
            throw config.unsupported("rope factor", Double.toString(factor), "at least 1");
        }
        return factor;
    }

    private RotaryScaling llama3() {
        double low = rope.positiveNumber("low_freq_factor");
        double high = rope.positiveNumber("high_freq_factor");
        if (high <= low) {
            throw config.unsupported("high_freq_factor", Double.toString(high), "above low_freq_factor=" + low);
        }
        return new RotaryScaling.Llama3(factor(), low, high, rope.size(ORIGINAL));
    }

    private RotaryScaling yarn() {
        double factor = factor();
        return new RotaryScaling.Yarn(
                factor,
                attentionFactor(factor),
                rope.positiveNumber("beta_fast", 32),
                rope.positiveNumber("beta_slow", 1),
                rope.size(ORIGINAL, config.size(ORIGINAL, trainedContext)),
                rope.flag("truncate", true));
    }

    private double attentionFactor(double factor) {
        if (rope.has("attention_factor")) {
            return rope.number("attention_factor");
        }
        double mscale = rope.number("mscale", 0);
        double mscaleAllDim = rope.number("mscale_all_dim", 0);
        return mscale != 0 && mscaleAllDim != 0
                ? growth(factor, mscale) / growth(factor, mscaleAllDim)
                : growth(factor, 1);
    }

    /** Yarn's factor of attention. */
    static double growth(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }
}
