package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.registry.gguf.GgufWriter;
import java.util.ArrayList;
import java.util.List;

/** What ggml's converter writes about models whose layers carry states, and the numbers that it multiplies into Falcon's weights. */
final class HybridGgufSizes {

    private final JsonNode config;
    private final String model;

    HybridGgufSizes(JsonNode config) {
        this.config = config;
        this.model = config.path("model_type").asText();
    }

    private String architecture() {
        return switch (model) {
            case "bamba", "granitemoehybrid" -> "granitehybrid";
            case "falcon_h1" -> "falcon-h1";
            case "nemotron_h" -> hasMoe() ? "nemotron_h_moe" : model;
            case "qwen3_next" -> "qwen3next";
            default -> model;
        };
    }

    /** Whether layers of Nemotron-H are experts. */
    private boolean hasMoe() {
        return config.path("layers_block_type").toString().contains("moe");
    }

    /** Whether its mixers are Mamba's. */
    boolean first() {
        return model.equals("mamba") || model.equals("jamba");
    }

    /** Whether rows of queries and keys are moved. */
    boolean interleaves() {
        return List.of("bamba", "granitemoehybrid", "nemotron_h").contains(model);
    }

    boolean hasExperts() {
        return number(0, "num_local_experts", "num_experts") > 0;
    }

    int groups() {
        return number(1, "mamba_n_groups", "n_groups");
    }

    int headDim() {
        int heads = number(1, "num_attention_heads");
        return number(number(0, "hidden_size") / heads, "head_dim");
    }

    GgufWriter metadata() {
        String name = architecture() + ".";
        GgufWriter writer = new GgufWriter().put("general.architecture", architecture());
        int layers = number(config.path("layers_block_type").size(), "num_hidden_layers");
        writer.put(name + "block_count", layers)
                .put(name + "context_length", number(1 << 20, "max_position_embeddings"))
                .put(name + "embedding_length", number(0, "hidden_size"))
                .put(name + "attention.head_count", number(0, "num_attention_heads"))
                .put(name + "attention.layer_norm_rms_epsilon", (float) config.path("rms_norm_eps")
                        .asDouble(config.path("layer_norm_epsilon").asDouble()));
        if (config.has("head_dim")) {
            writer.put(name + "attention.key_length", headDim());
        }
        feedForward(writer, name, layers);
        states(writer, name);
        attention(writer, name, layers);
        granite(writer, name);
        return writer;
    }

    private void feedForward(GgufWriter writer, String name, int layers) {
        int inner = number(0, "intermediate_size");
        if (model.equals("nemotron_h")) {
            writer.put(name + "feed_forward_length", perLayer(layers, "mlp", inner));
            nemotronExperts(writer, name, layers);
        } else {
            writer.put(name + "feed_forward_length", inner);
        }
        if (hasExperts()) {
            writer.put(name + "expert_count", number(0, "num_local_experts", "num_experts"))
                    .put(name + "expert_used_count", number(0, "num_experts_per_tok"));
        }
        if (model.equals("qwen3_next")) {
            writer.put(name + "expert_feed_forward_length", number(0, "moe_intermediate_size"))
                    .put(name + "expert_shared_feed_forward_length", number(0, "shared_expert_intermediate_size"));
        }
        if (model.equals("granitemoehybrid")) {
            writer.put(name + "expert_shared_feed_forward_length", number(0, "shared_intermediate_size"));
        }
    }

    private void nemotronExperts(GgufWriter writer, String name, int layers) {
        if (hasMoe()) {
            int inner = number(0, "moe_intermediate_size");
            writer.put(name + "feed_forward_length", perLayer(layers, "moe", inner))
                    .put(name + "expert_count", number(0, "n_routed_experts"))
                    .put(name + "expert_used_count", number(0, "num_experts_per_tok"))
                    .put(name + "expert_feed_forward_length", inner)
                    .put(name + "expert_shared_feed_forward_length", number(0, "moe_shared_expert_intermediate_size"))
                    .put(
                            name + "expert_weights_norm",
                            config.path("norm_topk_prob").asBoolean())
                    .put(name + "expert_weights_scale", fraction("routed_scaling_factor"))
                    .put(name + "expert_group_count", number(1, "n_group"))
                    .put(name + "expert_group_used_count", number(1, "topk_group"));
        }
    }

    private void states(GgufWriter writer, String name) {
        int hidden = number(0, "hidden_size");
        int heads = number(0, "mamba_num_heads", "mamba_n_heads", "num_heads");
        int inner = heads == 0
                ? (int) (config.path("expand").asDouble(number(2, "mamba_expand")) * hidden)
                : heads * number(0, "mamba_head_dim", "mamba_d_head", "head_dim");
        int rank = heads == 0 ? number(0, "time_step_rank", "mamba_dt_rank") : heads;
        boolean delta = model.equals("qwen3_next");
        int values = number(0, "linear_num_value_heads");
        writer.put(name + "ssm.conv_kernel", number(4, "linear_conv_kernel_dim", "conv_kernel", "mamba_d_conv"))
                .put(name + "ssm.inner_size", delta ? values * number(0, "linear_value_head_dim") : inner)
                .put(
                        name + "ssm.state_size",
                        number(0, "linear_key_head_dim", "ssm_state_size", "state_size", "mamba_d_state"))
                .put(name + "ssm.time_step_rank", delta ? values : rank);
        if (!first()) {
            writer.put(name + "ssm.group_count", delta ? number(0, "linear_num_key_heads") : groups());
        }
    }

    private void attention(GgufWriter writer, String name, int layers) {
        int kv = number(0, "num_key_value_heads");
        if (model.equals("falcon_h1") || model.equals("qwen3_next")) {
            writer.put(name + "attention.head_count_kv", kv);
        } else if (model.equals("jamba")) {
            int[] counts = new int[layers];
            for (int i = number(0, "attn_layer_offset"); i < layers; i += number(1, "attn_layer_period")) {
                counts[i] = kv;
            }
            writer.put(name + "attention.head_count_kv", counts);
        } else if (kv > 0) {
            writer.put(name + "attention.head_count_kv", perLayer(layers, "full_attention", kv));
        }
        JsonNode rope = config.path("rope_parameters");
        if (rope.has("rope_theta")) {
            writer.put(name + "rope.freq_base", (float) rope.path("rope_theta").asDouble());
        }
        if (rope.has("partial_rotary_factor")) {
            double share = rope.path("partial_rotary_factor").asDouble();
            writer.put(name + "rope.dimension_count", (int) (share * headDim()));
        }
        if (architecture().equals("granitehybrid")) {
            boolean turned = model.equals("bamba")
                    || config.path("position_embedding_type").asText().equals("rope");
            writer.put(name + "rope.scaling.finetuned", turned);
        }
    }

    private void granite(GgufWriter writer, String name) {
        if (model.equals("granitemoehybrid")) {
            writer.put(name + "attention.scale", fraction("attention_multiplier"))
                    .put(name + "embedding_scale", fraction("embedding_multiplier"))
                    .put(name + "residual_scale", fraction("residual_multiplier"))
                    .put(name + "logit_scale", fraction("logits_scaling"));
        }
    }

    private float fraction(String key) {
        return (float) config.path(key).asDouble(1);
    }

    private int[] perLayer(int layers, String kind, int value) {
        List<String> kinds = new ArrayList<>();
        config.path(config.has("layer_types") ? "layer_types" : "layers_block_type")
                .forEach(type -> kinds.add(type.asText()));
        List<Integer> indices = new ArrayList<>();
        config.path("attn_layer_indices").forEach(index -> indices.add(index.asInt()));
        int[] values = new int[layers];
        for (int i = 0; i < layers; i++) {
            boolean has = kinds.isEmpty() ? indices.contains(i) : kinds.get(i).equals(kind);
            values[i] = has ? value : 0;
        }
        return values;
    }

    private int number(int absent, String... keys) {
        for (String key : keys) {
            if (config.path(key).isNumber()) {
                return config.path(key).asInt();
            }
        }
        return absent;
    }

    /** What a row of a tensor is multiplied by. */
    float factor(String tensor, int row, int rows) {
        if (!model.equals("falcon_h1")) {
            return 1;
        }
        float in = fraction("attention_in_multiplier");
        String name = tensor.replaceFirst("\\.(weight|bias)$", "");
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "embed_tokens" -> fraction("embedding_multiplier");
            case "lm_head" -> fraction("lm_head_multiplier");
            case "gate_proj" -> (float) config.path("mlp_multipliers").get(0).asDouble();
            case "down_proj" -> (float) config.path("mlp_multipliers").get(1).asDouble();
            case "k_proj" -> fraction("key_multiplier") * in;
            case "q_proj", "v_proj" -> in;
            case "o_proj" -> fraction("attention_out_multiplier");
            case "out_proj" -> fraction("ssm_out_multiplier");
            case "in_proj" ->
                fraction("ssm_in_multiplier")
                        * (float) config.path("ssm_multipliers")
                                .get(part(row, rows))
                                .asDouble();
            default -> 1;
        };
    }

    /** Gate, x, B, C or time. */
    private int part(int row, int rows) {
        int heads = number(0, "mamba_n_heads");
        int maps = groups() * number(0, "mamba_d_state");
        int inner = (rows - heads - 2 * maps) / 2;
        if (row < 2 * inner) {
            return row / inner;
        }
        return Math.min(4, 2 + (row - 2 * inner) / maps);
    }
}
