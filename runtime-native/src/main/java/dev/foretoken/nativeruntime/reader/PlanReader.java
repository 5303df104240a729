package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import java.util.Map;
import java.util.TreeMap;

/** Turns the bytes of a {@code config.json} into a validated plan. */
public final class PlanReader {

    private static final Map<String, ArchitectureReader> READERS = new TreeMap<>(Map.of(
            "llama", new LlamaReader(),
            "mistral", new MistralReader(),
            "qwen2", new Qwen2Reader(),
            "qwen3", new Qwen3Reader()));

    private PlanReader() {}

    /**
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, or MODEL_FILE_CORRUPT when the bytes are not a JSON object or
     *     a field has the wrong type
     */
    public static ModelPlan read(byte[] configJson) {
        CheckpointConfig config = CheckpointConfig.parse(configJson);
        ArchitectureReader reader = READERS.get(config.modelType());
        if (reader == null) {
            throw config.unsupported(
                    "model_type", "\"" + config.modelType() + "\"", "one of " + String.join(", ", READERS.keySet()));
        }
        refuseEncodings(config);
        config.requireText("hidden_act", "silu", "silu");
        return PlanValidator.validated(DecoderPlan.build(config, reader.traits(config)));
    }

    private static void refuseEncodings(CheckpointConfig config) {
        if (config.has("quantization_config")) {
            String method = config.child("quantization_config").text("quant_method", "unnamed");
            throw config.unsupported("quantization_config", "method " + method, "absent: weights in F32, F16 or BF16");
        }
    }
}
