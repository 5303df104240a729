package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ggml's converter does with an F32 checkpoint of DeepSeek-V3: one tensor for all experts, and keys apart from values, or not. */
final class DeepseekGguf {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)");
    private static final Pattern EXPERT = Pattern.compile("mlp\\.experts\\.(\\d+)\\.(gate|up|down)_proj\\.weight");
    private static final String UPS = "self_attn.kv_b_proj.weight";
    private static final Map<String, String> OUTSIDE = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("input_layernorm.weight", "attn_norm.weight"),
            Map.entry("post_attention_layernorm.weight", "ffn_norm.weight"),
            Map.entry("self_attn.q_a_proj.weight", "attn_q_a.weight"),
            Map.entry("self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight"),
            Map.entry("self_attn.q_b_proj.weight", "attn_q_b.weight"),
            Map.entry("self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight"),
            Map.entry("self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight"),
            Map.entry(UPS, "attn_kv_b.weight"),
            Map.entry("self_attn.o_proj.weight", "attn_output.weight"),
            Map.entry("mlp.gate.weight", "ffn_gate_inp.weight"),
            Map.entry("mlp.gate.e_score_correction_bias", "exp_probs_b.bias"),
            Map.entry("mlp.gate_proj.weight", "ffn_gate.weight"),
            Map.entry("mlp.up_proj.weight", "ffn_up.weight"),
            Map.entry("mlp.down_proj.weight", "ffn_down.weight"),
            Map.entry("mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight"),
            Map.entry("mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight"),
            Map.entry("mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight"));

    private final GgufWriter writer = new GgufWriter();
    private final JsonNode config;
    private final boolean split;
    private final Map<String, float[]> experts = new TreeMap<>();

    private DeepseekGguf(JsonNode config, boolean split) {
        this.config = config;
        this.split = split;
    }

    /** {@code split}: keys apart from values, as files are today. */
    static GgufWriter of(Path directory, boolean split) {
        try {
            DeepseekGguf made = new DeepseekGguf(
                    JSON.readTree(directory.resolve("config.json").toFile()), split);
            made.metadata();
            made.tensors(Files.readAllBytes(directory.resolve("model.safetensors")));
            return made.writer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int size(String key) {
        return config.path(key).asInt();
    }

    private void put(String key, Object value) {
        writer.put("deepseek2." + key, value);
    }

    private void metadata() {
        writer.put("general.architecture", "deepseek2");
        put("block_count", size("num_hidden_layers"));
        put("context_length", size("max_position_embeddings"));
        put("embedding_length", size("hidden_size"));
        put("feed_forward_length", size("intermediate_size"));
        put("attention.head_count", size("num_attention_heads"));
        put("attention.layer_norm_rms_epsilon", (float)
                config.path("rms_norm_eps").asDouble());
        put("attention.q_lora_rank", size("q_lora_rank"));
        put("attention.kv_lora_rank", size("kv_lora_rank"));
        int key = size("qk_nope_head_dim") + size("qk_rope_head_dim");
        put("attention.key_length", split ? size("kv_lora_rank") + size("qk_rope_head_dim") : key);
        put("attention.value_length", split ? size("kv_lora_rank") : size("v_head_dim"));
        if (split) {
            put("attention.head_count_kv", 1);
            put("attention.key_length_mla", key);
            put("attention.value_length_mla", size("v_head_dim"));
        }
        experts();
        rotary(config.path("rope_parameters"));
    }

    private void experts() {
        put("expert_count", size("n_routed_experts"));
        put("expert_used_count", size("num_experts_per_tok"));
        put("expert_shared_count", size("n_shared_experts"));
        put("expert_feed_forward_length", size("moe_intermediate_size"));
        put("expert_group_count", size("n_group"));
        put("expert_group_used_count", size("topk_group"));
        put("expert_gating_func", 2);
        put("expert_weights_scale", (float) config.path("routed_scaling_factor").asDouble());
        put("expert_weights_norm", config.path("norm_topk_prob").asBoolean());
        put("leading_dense_block_count", size("first_k_dense_replace"));
    }

    /** Files have no word for {@code mscale}, which scales the rotation. */
    private void rotary(JsonNode rope) {
        double log = 0.1 * Math.log(rope.path("factor").asDouble());
        put("rope.dimension_count", size("qk_rope_head_dim"));
        put("rope.freq_base", (float) rope.path("rope_theta").asDouble());
        put("rope.scaling.type", rope.path("rope_type").asText());
        put("rope.scaling.factor", (float) rope.path("factor").asDouble());
        put(
                "rope.scaling.original_context_length",
                rope.path("original_max_position_embeddings").asInt());
        put("rope.scaling.yarn_beta_fast", (float) rope.path("beta_fast").asDouble());
        put("rope.scaling.yarn_beta_slow", (float) rope.path("beta_slow").asDouble());
        put("rope.scaling.yarn_log_multiplier", (float)
                (0.1 * rope.path("mscale_all_dim").asDouble()));
        put("rope.scaling.attn_factor", (float) ((1 + log * rope.path("mscale").asDouble()) / (1 + log)));
    }

    private void tensors(byte[] file) throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(file);
        long header = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
        JsonNode table = JSON.readTree(new String(file, 8, (int) header, StandardCharsets.UTF_8));
        for (Map.Entry<String, JsonNode> entry : table.properties()) {
            JsonNode offsets = entry.getValue().path("data_offsets");
            if (offsets.size() == 2) {
                long begin = offsets.path(0).asLong();
                MemorySegment data =
                        bytes.asSlice(8 + header + begin, offsets.path(1).asLong() - begin);
                int[] shape = JSON.convertValue(entry.getValue().path("shape"), int[].class);
                tensor(entry.getKey(), shape, data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            }
        }
        experts.forEach((name, all) -> {
            int inner = size("moe_intermediate_size");
            int columns = name.contains("down") ? inner : size("hidden_size");
            write(name, all, columns, inner * size("hidden_size") / columns, size("n_routed_experts"));
        });
    }

    private void tensor(String name, int[] shape, float[] values) {
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            write(OUTSIDE.get(name), values, reversed(shape));
            return;
        }
        if (Integer.parseInt(layer.group(1)) >= size("num_hidden_layers")) {
            return;
        }
        String prefix = "blk." + layer.group(1) + ".";
        Matcher expert = EXPERT.matcher(layer.group(2));
        if (expert.matches()) {
            float[] all = experts.computeIfAbsent(
                    prefix + "ffn_" + expert.group(2) + "_exps.weight",
                    key -> new float[size("n_routed_experts") * values.length]);
            System.arraycopy(values, 0, all, Integer.parseInt(expert.group(1)) * values.length, values.length);
        } else if (split && layer.group(2).equals(UPS)) {
            splitUps(prefix, values);
        } else {
            write(prefix + NAMES.get(layer.group(2)), values, reversed(shape));
        }
    }

    /** Of each head the rows of keys as columns, and the rows of values. */
    private void splitUps(String prefix, float[] values) {
        int heads = size("num_attention_heads");
        int plain = size("qk_nope_head_dim");
        int value = size("v_head_dim");
        int latent = size("kv_lora_rank");
        float[] keyUps = new float[heads * latent * plain];
        float[] valueUps = new float[heads * value * latent];
        for (int head = 0; head < heads; head++) {
            int first = head * (plain + value);
            for (int l = 0; l < latent; l++) {
                for (int p = 0; p < plain; p++) {
                    keyUps[(head * latent + l) * plain + p] = values[(first + p) * latent + l];
                }
            }
            System.arraycopy(values, (first + plain) * latent, valueUps, head * value * latent, value * latent);
        }
        write(prefix + "attn_k_b.weight", keyUps, plain, latent, heads);
        write(prefix + "attn_v_b.weight", valueUps, latent, value, heads);
    }

    private static long[] reversed(int[] shape) {
        long[] dimensions = new long[shape.length];
        Arrays.setAll(dimensions, i -> shape[shape.length - 1 - i]);
        return dimensions;
    }

    private void write(String name, float[] values, long... dimensions) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        MemorySegment.copy(values, 0, MemorySegment.ofArray(bytes), ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
        writer.tensor(name, GgmlType.F32, bytes, dimensions);
    }
}
