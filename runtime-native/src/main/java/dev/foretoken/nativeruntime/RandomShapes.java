package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.PlanReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Shapes of well-known models, to be filled with random weights: {@code random:llama-1.1b}. */
final class RandomShapes {

    private static final Map<String, String> CONFIGS = new TreeMap<>(Map.of(
            "llama-1.1b",
            """
            {"model_type": "llama", "num_hidden_layers": 22, "hidden_size": 2048, "intermediate_size": 5632,
             "num_attention_heads": 32, "num_key_value_heads": 4, "vocab_size": 32000,
             "max_position_embeddings": 2048, "rms_norm_eps": 1e-5}""",
            "llama-160m",
            """
            {"model_type": "llama", "num_hidden_layers": 12, "hidden_size": 768, "intermediate_size": 3072,
             "num_attention_heads": 12, "vocab_size": 32000,
             "max_position_embeddings": 2048, "rms_norm_eps": 1e-6}""",
            "llama-68m",
            """
            {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 768, "intermediate_size": 3072,
             "num_attention_heads": 12, "vocab_size": 32000,
             "max_position_embeddings": 2048, "rms_norm_eps": 1e-6}""",
            "mamba-370m",
            """
            {"model_type": "mamba", "num_hidden_layers": 48, "hidden_size": 1024, "state_size": 16, "expand": 2,
             "conv_kernel": 4, "vocab_size": 50280, "layer_norm_epsilon": 1e-5}""",
            "mamba2-370m",
            """
            {"model_type": "mamba2", "num_hidden_layers": 48, "hidden_size": 1024, "state_size": 128, "expand": 2,
             "conv_kernel": 4, "num_heads": 32, "head_dim": 64, "n_groups": 1, "vocab_size": 50288,
             "tie_word_embeddings": true, "layer_norm_epsilon": 1e-5}""",
            "qwen2.5-0.5b",
            """
            {"model_type": "qwen2", "num_hidden_layers": 24, "hidden_size": 896, "intermediate_size": 4864,
             "num_attention_heads": 14, "num_key_value_heads": 2, "vocab_size": 151936, "rope_theta": 1e6,
             "max_position_embeddings": 32768, "rms_norm_eps": 1e-6, "tie_word_embeddings": true}""",
            "small-moe",
            """
            {"model_type": "mixtral", "num_hidden_layers": 12, "hidden_size": 1024, "intermediate_size": 2048,
             "num_attention_heads": 16, "num_key_value_heads": 4, "num_local_experts": 8, "num_experts_per_tok": 2,
             "vocab_size": 32000, "max_position_embeddings": 2048, "rms_norm_eps": 1e-5}""",
            "tiny",
            """
            {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 192,
             "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
             "max_position_embeddings": 512, "rms_norm_eps": 1e-5}"""));

    private RandomShapes() {}

    /** Throws MODEL_UNSUPPORTED for names that are not among them. */
    static ModelPlan plan(String name) {
        String config = CONFIGS.get(name);
        if (config == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "random:%s is not a known shape; known are %s"
                            .formatted(name, String.join(", ", CONFIGS.keySet())));
        }
        return PlanReader.read(config.getBytes(StandardCharsets.UTF_8));
    }
}
