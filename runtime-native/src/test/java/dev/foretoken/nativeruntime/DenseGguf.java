package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ggml's converter does with dense architectures that are not close to Llama. */
final class DenseGguf {

    private static final Pattern GPT2_LAYER = Pattern.compile("transformer\\.h\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Map<String, String> GPT2 = Map.of(
            "ln_1", "attn_norm",
            "attn.c_attn", "attn_qkv",
            "attn.c_proj", "attn_output",
            "ln_2", "ffn_norm",
            "mlp.c_fc", "ffn_up",
            "mlp.c_proj", "ffn_down",
            "transformer.wte", "token_embd",
            "transformer.wpe", "position_embd",
            "transformer.ln_f", "output_norm");
    private static final Map<String, String> OUTPUT_NORMS = Map.of(
            "post_attention_layernorm", "post_attention_norm",
            "pre_feedforward_layernorm", "ffn_norm",
            "post_feedforward_layernorm", "post_ffw_norm");
    private static final Map<String, String> FUSED =
            Map.of("self_attn.qkv_proj", "attn_qkv", "mlp.gate_up_proj", "ffn_up");

    private final JsonNode config;
    private final String model;

    DenseGguf(JsonNode config) {
        this.config = config;
        this.model = config.path("model_type").asText();
    }

    String architecture() {
        return switch (model) {
            case "gemma3_text" -> "gemma3";
            case "gpt_oss" -> "gpt-oss";
            default -> model.replace("_", "");
        };
    }

    /** The name of a part of a layer where it is not Llama's, else the name given. */
    String part(String part, String ofLlama) {
        return switch (model) {
            case "gemma2", "gemma3_text", "gpt_oss", "olmo2" -> OUTPUT_NORMS.getOrDefault(part, ofLlama);
            case "phi3" -> FUSED.getOrDefault(part, ofLlama);
            default -> ofLlama;
        };
    }

    /** The name of a tensor of GPT-2; empty for others. */
    static String ofGpt2(String name) {
        Matcher layer = GPT2_LAYER.matcher(name);
        if (layer.matches()) {
            return "blk." + layer.group(1) + "." + GPT2.get(layer.group(2)) + "." + layer.group(3);
        }
        int dot = Math.max(0, name.lastIndexOf('.'));
        String own = GPT2.get(name.substring(0, dot));
        return own == null ? "" : own + name.substring(dot);
    }

    /** Whether the tensor is stored as [inputs, outputs]. */
    boolean isTransposed(String name) {
        return model.equals("gpt2") && name.startsWith("blk.") && name.endsWith("weight") && !name.contains("norm");
    }

    static float[] transposed(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return turned;
    }

    /** What is added to norm weights. */
    float shift(String name) {
        return model.startsWith("gemma") && name.endsWith("norm.weight") ? 1 : 0;
    }

    void metadata(GgufWriter writer) {
        String prefix = architecture() + ".";
        switch (model) {
            case "gpt2" -> gpt2(writer);
            case "granite", "granitemoe" -> {
                copy(writer, "attention_multiplier", prefix + "attention.scale");
                copy(writer, "embedding_multiplier", prefix + "embedding_scale");
                copy(writer, "residual_multiplier", prefix + "residual_scale");
                copy(writer, "logits_scaling", prefix + "logit_scale");
            }
            case "gemma2", "gemma3_text" -> {
                copy(writer, "attn_logit_softcapping", prefix + "attn_logit_softcapping");
                copy(writer, "final_logit_softcapping", prefix + "final_logit_softcapping");
                window(writer, prefix);
                if (config.has("sliding_window_pattern")) {
                    writer.put(
                            prefix + "attention.sliding_window_pattern",
                            config.path("sliding_window_pattern").asInt());
                }
            }
            case "gpt_oss" -> {
                window(writer, prefix);
                JsonNode rope = config.path("rope_parameters");
                writer.put(prefix + "rope.scaling.yarn_beta_fast", (float)
                        rope.path("beta_fast").asDouble());
            }
            case "phi3" -> phi3(writer, prefix);
            default -> {}
        }
    }

    private void gpt2(GgufWriter writer) {
        int hidden = config.path("n_embd").asInt();
        writer.put("gpt2.block_count", config.path("n_layer").asInt())
                .put("gpt2.context_length", config.path("n_positions").asInt())
                .put("gpt2.embedding_length", hidden)
                .put("gpt2.feed_forward_length", 4 * hidden)
                .put("gpt2.attention.head_count", config.path("n_head").asInt())
                .put("gpt2.attention.key_length", hidden / config.path("n_head").asInt())
                .put(
                        "gpt2.attention.value_length",
                        hidden / config.path("n_head").asInt())
                .put("gpt2.attention.layer_norm_epsilon", (float)
                        config.path("layer_norm_epsilon").asDouble());
    }

    private void phi3(GgufWriter writer, String prefix) {
        window(writer, prefix);
        JsonNode rope = config.path("rope_parameters");
        int original = config.path("original_max_position_embeddings").asInt();
        int context = config.path("max_position_embeddings").asInt();
        int headDim = config.path("hidden_size").asInt()
                / config.path("num_attention_heads").asInt();
        int dims = (int) (headDim * rope.path("partial_rotary_factor").asDouble(1));
        writer.put(prefix + "rope.dimension_count", dims)
                .put(prefix + "rope.scaling.original_context_length", original);
        if (rope.has("long_factor")) {
            double factor = (double) context / original;
            writer.put(
                    prefix + "rope.scaling.attn_factor", (float) Math.sqrt(1 + Math.log(factor) / Math.log(original)));
            factors(writer, "rope_factors_short.weight", rope.path("short_factor"));
            factors(writer, "rope_factors_long.weight", rope.path("long_factor"));
        }
    }

    private static void factors(GgufWriter writer, String name, JsonNode numbers) {
        byte[] bytes = new byte[numbers.size() * Float.BYTES];
        for (int i = 0; i < numbers.size(); i++) {
            MemorySegment.ofArray(bytes)
                    .set(
                            ValueLayout.JAVA_FLOAT_UNALIGNED,
                            (long) i * Float.BYTES,
                            numbers.get(i).floatValue());
        }
        writer.tensor(name, GgmlType.F32, bytes, numbers.size());
    }

    private void window(GgufWriter writer, String prefix) {
        writer.put(
                prefix + "attention.sliding_window",
                config.path("sliding_window").asInt());
    }

    private void copy(GgufWriter writer, String key, String target) {
        if (config.path(key).isNumber()) {
            writer.put(target, (float) config.path(key).asDouble());
        }
    }
}
