package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;
import dev.foretoken.registry.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rotary settings of a GGUF file: {@code rope.*} metadata and the tensor {@code rope_freqs.weight} of Llama 3. */
final class GgufRotary {

    private static final double DEFAULT_THETA = 10000;
    private static final String DIVISORS = "rope_freqs.weight";
    private static final String SHORT_DIVISORS = "rope_factors_short.weight";
    private static final String LONG_DIVISORS = "rope_factors_long.weight";
    private static final String ORIGINAL = "rope.scaling.original_context_length";
    private static final String FACTOR = "rope.scaling.factor";

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String prefix;
    private final int trainedContext;

    /** @param prefix the architecture with a dot */
    GgufRotary(GgufFile file, String prefix) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = prefix;
        this.trainedContext = metadata.integer(prefix + "context_length", 1, CheckpointConfig.MAX_SIZE);
    }

    /** Of Gemma's windowed layers, of which only the third generation's turn otherwise, and are never scaled. */
    RotarySettings ofWindowedLayers(RotarySettings full, boolean third) {
        double theta = metadata.number(prefix + "rope.freq_base_swa", third ? DEFAULT_THETA : full.theta());
        return new RotarySettings(full.dims(), theta, third ? new RotaryScaling.None() : full.scaling());
    }

    /** Settings that may turn a part of every head only, or divide frequencies by one of two lists. */
    RotarySettings ofPhi3(int headDim) {
        int dims = metadata.integer(prefix + "rope.dimension_count", 2, headDim, headDim);
        double theta = metadata.number(prefix + "rope.freq_base", DEFAULT_THETA);
        Optional<GgufTensor> shorter = file.tensor(SHORT_DIVISORS);
        Optional<GgufTensor> longer = file.tensor(LONG_DIVISORS);
        if (shorter.isEmpty() || longer.isEmpty()) {
            return new RotarySettings(dims, theta, scaling());
        }
        int original = metadata.integer(prefix + ORIGINAL, 2, CheckpointConfig.MAX_SIZE, trainedContext);
        double attention = metadata.number(prefix + "rope.scaling.attn_factor", 1);
        RotaryScaling scaling = new RotaryScaling.LongRope(
                divisors(shorter.get(), dims / 2), divisors(longer.get(), dims / 2), attention, original);
        return new RotarySettings(dims, theta, scaling);
    }

    /** Settings that may turn a part of every head only. */
    RotarySettings partial(int headDim) {
        int dims = metadata.integer(prefix + "rope.dimension_count", 2, headDim, headDim);
        if (dims == headDim) {
            return settings(headDim);
        }
        Optional<GgufTensor> divisors = file.tensor(DIVISORS);
        if (divisors.isPresent()) {
            throw metadata.unsupported(DIVISORS, "beside rope.dimension_count " + dims, "only for whole heads");
        }
        return new RotarySettings(dims, metadata.number(prefix + "rope.freq_base", DEFAULT_THETA), scaling());
    }

    RotarySettings settings(int headDim) {
        int rotated = metadata.integer(prefix + "rope.dimension_count", 1, CheckpointConfig.MAX_SIZE, headDim);
        if (rotated != headDim) {
            throw metadata.unsupported(
                    prefix + "rope.dimension_count", Integer.toString(rotated), "the size of a head, " + headDim);
        }
        double theta = metadata.number(prefix + "rope.freq_base", DEFAULT_THETA);
        if (!(theta > 0)) {
            throw metadata.unsupported(prefix + "rope.freq_base", Double.toString(theta), "a positive number");
        }
        RotaryScaling scaling = scaling();
        Optional<GgufTensor> divisors = file.tensor(DIVISORS);
        return new RotarySettings(
                headDim, theta, divisors.isEmpty() ? scaling : divided(divisors.get(), scaling, headDim));
    }

    /** Most positions of a model whose layers see this. */
    static int contextTokens(GgufMetadata metadata, String prefix, List<DecoderTraits.Sight> layers) {
        int trained = metadata.integer(prefix + "context_length", 1, CheckpointConfig.MAX_SIZE);
        return layers.stream()
                .mapToInt(layer -> RotaryReader.contextTokens(layer.rotary().scaling(), trained))
                .max()
                .orElse(trained);
    }

    /** {@code linear} without a factor is how files say that nothing is scaled. */
    private RotaryScaling scaling() {
        double factor = factor();
        String type = metadata.text(prefix + "rope.scaling.type").orElse("linear");
        return switch (type) {
            case "none" -> new RotaryScaling.None();
            case "linear" -> factor == 1 ? new RotaryScaling.None() : new RotaryScaling.Linear(factor);
            case "yarn" -> yarn(factor);
            default ->
                throw metadata.unsupported(
                        prefix + "rope.scaling.type", "\"" + type + "\"", "one of none, linear, yarn");
        };
    }

    private double factor() {
        double factor = metadata.number(prefix + FACTOR, metadata.number(prefix + "rope.scale_linear", 0));
        if (factor == 0) {
            return 1;
        }
        if (!(factor >= 1) || factor > 1 << 20) {
            throw metadata.unsupported(prefix + FACTOR, Double.toString(factor), "at least 1");
        }
        return factor;
    }

    /** DeepSeek's files hold a tenth of what others do. */
    private double logMultiplier() {
        double stored = metadata.number(prefix + "rope.scaling.yarn_log_multiplier", 0);
        return prefix.equals(GgufDeepseek.ARCHITECTURE + ".") ? 10 * stored : stored;
    }

    /** What scores are multiplied by where the scaled rotation of DeepSeek's models stands for a sharper softmax. */
    double scoreGrowth() {
        boolean yarn =
                metadata.text(prefix + "rope.scaling.type").orElse("none").equals("yarn");
        double grown = yarn && logMultiplier() != 0 ? RotaryReader.growth(factor(), logMultiplier()) : 1;
        return grown * grown;
    }

    /** Files have no word for limits that are not whole; gpt-oss is trained with them. */
    private RotaryScaling yarn(double factor) {
        String yarn = prefix + "rope.scaling.yarn_";
        double multiplier = logMultiplier();
        double attention =
                RotaryReader.growth(factor, 1) / (multiplier == 0 ? 1 : RotaryReader.growth(factor, multiplier));
        return new RotaryScaling.Yarn(
                factor,
                attention * metadata.number(prefix + "rope.scaling.attn_factor", 1),
                metadata.number(yarn + "beta_fast", 32),
                metadata.number(yarn + "beta_slow", 1),
                metadata.integer(prefix + ORIGINAL, 1, CheckpointConfig.MAX_SIZE, trainedContext),
                !prefix.equals(GgufPlanReader.GPT_OSS + "."));
    }

    private RotaryScaling divided(GgufTensor tensor, RotaryScaling scaling, int headDim) {
        if (!(scaling instanceof RotaryScaling.None)) {
            throw metadata.unsupported(tensor.name(), "beside rope.scaling", "without other scaling");
        }
        return new RotaryScaling.Divided(divisors(tensor, headDim / 2));
    }

    private List<Float> divisors(GgufTensor tensor, int count) {
        if (tensor.type() != GgmlType.F32 || !tensor.isVector(count)) {
            throw metadata.unsupported(
                    tensor.name(), "%s %s".formatted(tensor.type(), tensor.dimensions()), "F32 [%d]".formatted(count));
        }
        List<Float> divisors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float divisor = FloatType.F32.load(file.bytesOf(tensor), i);
            if (!(divisor > 0) || !Float.isFinite(divisor)) {
                throw metadata.unsupported(tensor.name(), Float.toString(divisor), "a list of positive numbers");
            }
            divisors.add(divisor);
        }
        return divisors;
    }
}
