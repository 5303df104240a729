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

    int contextTokens(RotarySettings settings) {
        return RotaryReader.contextTokens(settings.scaling(), trainedContext);
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

    private RotaryScaling yarn(double factor) {
        String yarn = prefix + "rope.scaling.yarn_";
        double multiplier = metadata.number(yarn + "log_multiplier", 0);
        double attention =
                RotaryReader.growth(factor, 1) / (multiplier == 0 ? 1 : RotaryReader.growth(factor, multiplier));
        return new RotaryScaling.Yarn(
                factor,
                attention * metadata.number(prefix + "rope.scaling.attn_factor", 1),
                metadata.number(yarn + "beta_fast", 32),
                metadata.number(yarn + "beta_slow", 1),
                metadata.integer(
                        prefix + "rope.scaling.original_context_length", 1, CheckpointConfig.MAX_SIZE, trainedContext),
                true);
    }

    private RotaryScaling divided(GgufTensor tensor, RotaryScaling scaling, int headDim) {
        if (tensor.type() != GgmlType.F32
                || !tensor.isVector(headDim / 2)
                || !(scaling instanceof RotaryScaling.None)) {
            throw metadata.unsupported(
                    DIVISORS,
                    "%s %s beside rope.scaling".formatted(tensor.type(), tensor.dimensions()),
                    "F32 [%d] without other scaling".formatted(headDim / 2));
        }
        List<Float> divisors = new ArrayList<>();
        for (int i = 0; i < headDim / 2; i++) {
            float divisor = FloatType.F32.load(file.bytesOf(tensor), i);
            if (!(divisor > 0) || !Float.isFinite(divisor)) {
                throw metadata.unsupported(DIVISORS, Float.toString(divisor), "a list of positive numbers");
            }
            divisors.add(divisor);
        }
        return new RotaryScaling.Divided(divisors);
    }
}
