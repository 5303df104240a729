package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Turns the bytes of a {@code config.json} into a validated plan. How its weights are stored is read by {@link EncodingReader}. */
public final class PlanReader {

    private static final Map<String, ArchitectureReader> READERS =
            new TreeMap<>(Map.<String, ArchitectureReader>ofEntries(
                    Map.entry("bamba", new BambaReader()),
                    Map.entry("deepseek_v3", new DeepseekV3Reader()),
                    Map.entry("falcon_h1", new FalconH1Reader()),
                    Map.entry("gemma2", GemmaReader.second()),
                    Map.entry("gemma3_text", GemmaReader.third()),
                    Map.entry("gpt2", new Gpt2Reader()),
                    Map.entry("gpt_oss", new GptOssReader()),
                    Map.entry("granite", new GraniteReader()),
                    Map.entry("granitemoe", new GraniteMoeReader()),
                    Map.entry("granitemoehybrid", new GraniteHybridReader()),
                    Map.entry("jamba", new JambaReader()),
                    Map.entry("llama", new LlamaReader()),
                    Map.entry("mamba", (config, tensors) -> StateSpaceReader.mamba(config)),
                    Map.entry("mamba2", (config, tensors) -> StateSpaceReader.mamba2(config)),
                    Map.entry("mistral", new MistralReader()),
                    Map.entry("mixtral", new MixtralReader()),
                    Map.entry("nemotron_h", new NemotronHReader()),
                    Map.entry("olmo2", new Olmo2Reader()),
                    Map.entry("olmoe", new OlmoeReader()),
                    Map.entry("phi3", new Phi3Reader()),
                    Map.entry("qwen2", new Qwen2Reader()),
                    Map.entry("qwen3", new Qwen3Reader()),
                    Map.entry("qwen3_moe", new Qwen3MoeReader()),
                    Map.entry("qwen3_next", new Qwen3NextReader()),
                    Map.entry("zamba", new ZambaReader()),
                    Map.entry("zamba2", new Zamba2Reader())));

    private PlanReader() {}

    /** For checkpoints that name tensors as transformers writes them. */
    public static ModelPlan read(byte[] configJson) {
        return read(configJson, name -> true);
    }

    /**
     * @param tensors whether the checkpoint has a tensor of a name
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, or MODEL_FILE_CORRUPT when the bytes are not a JSON object or
     *     a field has the wrong type
     */
    public static ModelPlan read(byte[] configJson, Predicate<String> tensors) {
        CheckpointConfig config = CheckpointConfig.parse(configJson);
        ArchitectureReader reader = READERS.get(config.modelType());
        if (reader == null) {
            throw config.unsupported(
                    "model_type", "\"" + config.modelType() + "\"", "one of " + String.join(", ", READERS.keySet()));
        }
        return PlanValidator.validated(reader.read(config, tensors));
    }
}
