package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Turns the bytes of a {@code config.json} into a validated plan. How its weights are stored is read by {@link EncodingReader}. */
public final class PlanReader {

    private static final Map<String, ArchitectureReader> READERS = new TreeMap<>(Map.of(
            "llama", new LlamaReader(),
            "mistral", new MistralReader(),
            "mixtral", new MixtralReader(),
            "qwen2", new Qwen2Reader(),
            "qwen3", new Qwen3Reader(),
            "qwen3_moe", new Qwen3MoeReader()));

    /** Architectures that are no variation of the plan above. */
    private static final Map<String, Function<CheckpointConfig, ModelPlan>> OTHERS =
            new TreeMap<>(Map.of("mamba", StateSpaceReader::mamba, "mamba2", StateSpaceReader::mamba2));

    private static final double DEFAULT_EPSILON = 1e-6;

    private PlanReader() {}

    /**
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, or MODEL_FILE_CORRUPT when the bytes are not a JSON object or
     *     a field has the wrong type
     */
    public static ModelPlan read(byte[] configJson) {
        CheckpointConfig config = CheckpointConfig.parse(configJson);
        Function<CheckpointConfig, ModelPlan> other = OTHERS.get(config.modelType());
        if (other != null) {
            return PlanValidator.validated(other.apply(config));
        }
        ArchitectureReader reader = READERS.get(config.modelType());
        if (reader == null) {
            throw config.unsupported("model_type", "\"" + config.modelType() + "\"", "one of " + supported());
        }
        config.requireText("hidden_act", "silu", "silu");
        DecoderTraits traits = reader.traits(config);
        requireWidth(config, traits.layout());
        return PlanValidator.validated(DecoderPlan.build(
                shape(config, traits.layout()),
                traits,
                TensorNames.HUGGING_FACE,
                reader.experts(config).orElse(null)));
    }

    private static String supported() {
        TreeSet<String> names = new TreeSet<>(READERS.keySet());
        names.addAll(OTHERS.keySet());
        return String.join(", ", names);
    }

    /** Widths are ints: heads and head_dim are fine one by one, and their product may not be. */
    private static void requireWidth(CheckpointConfig config, HeadLayout layout) {
        long width = (long) Math.max(layout.heads(), layout.kvHeads()) * layout.headDim();
        if (width > CheckpointConfig.MAX_SIZE) {
            throw config.unsupported(
                    "num_attention_heads * head_dim", "= " + width, "at most " + CheckpointConfig.MAX_SIZE);
        }
    }

    private static DecoderShape shape(CheckpointConfig config, HeadLayout layout) {
        RotaryReader rotary = new RotaryReader(config);
        RotarySettings settings = rotary.settings(layout.headDim());
        double epsilon = config.number("rms_norm_eps", DEFAULT_EPSILON);
        return new DecoderShape(
                config.modelType(),
                config.layers(),
                config.hiddenSize(),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.flag("tie_word_embeddings", false),
                new DecoderShape.Numbers((float) epsilon, rotary.contextTokens(settings), settings));
    }
}
