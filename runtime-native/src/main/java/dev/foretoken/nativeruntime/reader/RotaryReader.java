package dev.foretoken.nativeruntime.reader;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.util.List;

/**
 * Rotary settings in both spellings: {@code rope_parameters} with the base inside (transformers 5), and {@code rope_theta} beside {@code
 * rope_scaling}, whose type is called {@code rope_type} or {@code type} (transformers 4).
 */
final class RotaryReader {

    private static final double DEFAULT_THETA = 10000;
    private static final int DEFAULT_ORIGINAL = 4096;
    private static final String ORIGINAL = "original_max_position_embeddings";

    private final CheckpointConfig config;
    private final CheckpointConfig rope;
    private final double theta;
    private final int trainedContext;

    RotaryReader(CheckpointConfig config) {
        this(config, DEFAULT_THETA);
    }

    /** {@code absentTheta}: the base where the configuration has none. */
    RotaryReader(CheckpointConfig config, double absentTheta) {
        this(
                config,
                config.child(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling"),
                config.number("rope_theta", absentTheta));
    }

    /** {@code rope}: settings of the layers concerned; {@code theta}: the base where they have none. */
    private RotaryReader(CheckpointConfig config, CheckpointConfig rope, double theta) {
        this.config = config;
        this.rope = rope;
        this.theta = theta;
        this.trainedContext = config.size("max_position_embeddings");
    }

    /** Of Gemma 3, whose layers that see everything are scaled. */
    static RotaryReader ofFullLayers(CheckpointConfig config) {
        CheckpointConfig rope = config.has("rope_parameters")
                ? config.child("rope_parameters").child("full_attention")
                : config.child("rope_scaling");
        return new RotaryReader(config, rope, config.number("rope_theta", 1_000_000));
    }

    /** Of Gemma 3. */
    static RotaryReader ofWindowedLayers(CheckpointConfig config) {
        CheckpointConfig rope = config.child("rope_parameters").child("sliding_attention");
        return new RotaryReader(config, rope, config.number("rope_local_base_freq", DEFAULT_THETA));
    }

    RotarySettings settings(int headDim) {
        double share = share(1);
        if (share != 1) {
            throw config.unsupported("partial_rotary_factor", Double.toString(share), "1");
        }
        return new RotarySettings(headDim, rope.number("rope_theta", theta), scaling());
    }

    /** Settings that may turn a part of every head only: {@code absent} of it where the configuration does not say. */
    RotarySettings partial(int headDim, double absent) {
        return new RotarySettings(dims(headDim, absent), rope.number("rope_theta", theta), scaling());
    }

    private double share(double absent) {
        return rope.number("partial_rotary_factor", config.number("partial_rotary_factor", absent));
    }

    private int dims(int headDim, double absent) {
        double share = share(absent);
        int dims = (int) (headDim * share);
        if (share <= 0 || share > 1 || dims < 2 || dims % 2 != 0) {
            throw config.unsupported(
                    "partial_rotary_factor",
                    Double.toString(share),
                    "a share of head_dim=" + headDim + " that is even");
        }
        return dims;
    }

    /** Settings that may turn a part of every head only, or scale as LongRoPE does, which old files call su or yarn. */
    RotarySettings ofPhi3(int headDim) {
        int dims = dims(headDim, 1);
        return new RotarySettings(
                dims,
                rope.number("rope_theta", theta),
                switch (type()) {
                    case "default" -> new RotaryScaling.None();
                    case "longrope", "su", "yarn" -> longRope(dims / 2);
                    default -> throw unknown("one of default, longrope");
                });
    }

    private RotaryScaling longRope(int pairs) {
        int original = rope.size(ORIGINAL, config.size(ORIGINAL, DEFAULT_ORIGINAL));
        double factor = rope.positiveNumber("factor", (double) trainedContext / original);
        double grown = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RotaryScaling.LongRope(
                rope.positiveNumbers("short_factor", pairs),
                rope.positiveNumbers("long_factor", pairs),
                rope.number("attention_factor", grown),
                original);
    }

    /** Most positions of a model whose layers see this. */
    static int contextTokens(CheckpointConfig config, List<DecoderTraits.Sight> layers) {
        int trained = config.size("max_position_embeddings");
        return layers.stream()
                .mapToInt(layer -> contextTokens(layer.rotary().scaling(), trained))
                .max()
                .orElse(trained);
    }

    /** Most positions of a model whose layers all see this. */
    static int contextTokens(CheckpointConfig config, RotarySettings settings) {
        return contextTokens(settings.scaling(), config.size("max_position_embeddings"));
    }

    /** Positions the model can use: the scaled context where the configuration gives the unscaled one. */
    static int contextTokens(RotaryScaling scaling, int trainedContext) {
        double scaled = switch (scaling) {
            case RotaryScaling.None n -> trainedContext;
            case RotaryScaling.Linear linear -> trainedContext * linear.factor();
            case RotaryScaling.Dynamic dynamic -> dynamic.originalContext() * dynamic.factor();
            case RotaryScaling.Llama3 llama3 -> trainedContext;
            case RotaryScaling.Yarn yarn -> yarn.originalContext() * yarn.factor();
            case RotaryScaling.LongRope rope -> trainedContext;
            case RotaryScaling.Divided divided -> trainedContext;
        };
        return (int) Math.min(Math.max(scaled, trainedContext), CheckpointConfig.MAX_SIZE);
    }

    private RotaryScaling scaling() {
        return switch (type()) {
            case "default" -> new RotaryScaling.None();
            case "linear" -> new RotaryScaling.Linear(factor());
            case "dynamic" -> new RotaryScaling.Dynamic(factor(), rope.size(ORIGINAL, trainedContext));
            case "llama3" -> llama3();
            case "yarn" -> yarn();
            default -> throw unknown("one of default, linear, dynamic, llama3, yarn");
        };
    }

    private String type() {
        return rope.text("rope_type", rope.text("type", "default"));
    }

    private ForetokenException unknown(String supported) {
        return config.unsupported("rope_type", "\"" + type() + "\"", supported);
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

    /** What scores are multiplied by where the scaled rotation of DeepSeek's models stands for a sharper softmax. */
    double scoreGrowth() {
        double mscale = type().equals("default") ? 0 : rope.number("mscale_all_dim", 0);
        double grown = mscale == 0 ? 1 : growth(factor(), mscale);
        return grown * grown;
    }

    /** Yarn's factor of attention. */
    static double growth(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }
}
