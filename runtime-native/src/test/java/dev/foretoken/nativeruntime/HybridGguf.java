package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ggml's converter makes of checkpoint directories whose layers carry states. */
final class HybridGguf {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LAYER = Pattern.compile("(?:model|backbone)\\.layers\\.(\\d+)\\.(.+)");
    private static final Pattern EXPERT =
            Pattern.compile("(?:mlp|feed_forward|mixer)\\.experts\\.(\\d+)\\.(gate|up|down)_proj\\.weight");
    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("norm", "attn_norm"),
            Map.entry("pre_ff_layernorm", "ffn_norm"),
            Map.entry("mixer.in_proj", "ssm_in"),
            Map.entry("mixer.conv1d", "ssm_conv1d"),
            Map.entry("mixer.x_proj", "ssm_x"),
            Map.entry("mixer.dt_proj", "ssm_dt"),
            Map.entry("mixer.dt_layernorm", "ssm_dt_norm"),
            Map.entry("mixer.b_layernorm", "ssm_b_norm"),
            Map.entry("mixer.c_layernorm", "ssm_c_norm"),
            Map.entry("mixer.norm", "ssm_norm"),
            Map.entry("mixer.out_proj", "ssm_out"),
            Map.entry("mixer.in_proj_ba", "ssm_ba"),
            Map.entry("mixer.q_proj", "attn_q"),
            Map.entry("mixer.k_proj", "attn_k"),
            Map.entry("mixer.v_proj", "attn_v"),
            Map.entry("mixer.o_proj", "attn_output"),
            Map.entry("mixer.q_norm", "attn_q_norm"),
            Map.entry("mixer.k_norm", "attn_k_norm"),
            Map.entry("mixer.up_proj", "ffn_up"),
            Map.entry("mixer.down_proj", "ffn_down"),
            Map.entry("mixer.gate", "ffn_gate_inp"),
            Map.entry("mixer.shared_experts.up_proj", "ffn_up_shexp"),
            Map.entry("mixer.shared_experts.down_proj", "ffn_down_shexp"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("mlp.router", "ffn_gate_inp"),
            Map.entry("mlp.shared_expert_gate", "ffn_gate_inp_shexp"),
            Map.entry("mlp.shared_expert.gate_proj", "ffn_gate_shexp"),
            Map.entry("mlp.shared_expert.up_proj", "ffn_up_shexp"),
            Map.entry("mlp.shared_expert.down_proj", "ffn_down_shexp"),
            Map.entry("block_sparse_moe.router.layer", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.input_linear", "ffn_gate_up_exps"),
            Map.entry("block_sparse_moe.output_linear", "ffn_down_exps"));
    private static final Map<String, String> OUTSIDE = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "backbone.embeddings.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "model.final_layernorm.weight", "output_norm.weight",
            "backbone.norm_f.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");

    private record Tensor(FloatType stored, float[] values, int[] shape) {
        int rows() {
            return shape[0];
        }

        /** Elements of a row, whatever dimensions they have. */
        int width() {
            return values.length / shape[0];
        }

        Tensor with(float[] others, int... dimensions) {
            return new Tensor(stored, others, dimensions);
        }
    }

    private final JsonNode config;
    private final String model;
    private final HybridGgufSizes sizes;
    private final GgufWriter writer;
    private final Map<String, List<Tensor>> experts = new TreeMap<>();

    private HybridGguf(JsonNode config) {
        this.config = config;
        this.model = config.path("model_type").asText();
        this.sizes = new HybridGgufSizes(config);
        this.writer = sizes.metadata();
    }

    /** Vectors, convolutions and rates become F32. */
    static GgufWriter of(Path directory) {
        try {
            HybridGguf made = new HybridGguf(
                    JSON.readTree(directory.resolve("config.json").toFile()));
            made.tensors(Files.readAllBytes(directory.resolve("model.safetensors")));
            return made.writer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void tensors(byte[] file) throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(file);
        long header = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        JsonNode table = JSON.readTree(new String(file, 8, (int) header, StandardCharsets.UTF_8));
        table.properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                long begin = entry.getValue().path("data_offsets").path(0).asLong();
                add(entry.getKey(), tensor(entry.getValue(), bytes.asSlice(8 + header + begin)));
            }
        });
        experts.forEach(this::stack);
    }

    private static Tensor tensor(JsonNode entry, MemorySegment data) {
        FloatType stored = FloatType.valueOf(entry.path("dtype").asText());
        int[] shape = JSON.convertValue(entry.path("shape"), int[].class);
        int count = 1;
        for (int dimension : shape) {
            count *= dimension;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = stored.load(data, i);
        }
        return new Tensor(stored, values, shape);
    }

    private void add(String name, Tensor tensor) {
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            float factor = sizes.factor(name, 0, 0);
            emit(OUTSIDE.get(name), name, scaled(tensor, row -> factor));
            return;
        }
        String prefix = "blk." + layer.group(1) + ".";
        String part = layer.group(2);
        Matcher expert = EXPERT.matcher(part);
        if (expert.matches()) {
            experts.computeIfAbsent(prefix + "ffn_" + expert.group(2) + "_exps.weight", n -> new ArrayList<>())
                    .add(tensor);
        } else if (part.startsWith("shared_mlp.") || part.endsWith("input_linear.weight")) {
            halves(prefix, part, tensor);
        } else if (part.endsWith("in_proj_qkvz.weight")) {
            apart(prefix, tensor);
        } else {
            Tensor changed = scaled(tensor, row -> sizes.factor(part, row, tensor.rows()));
            emit(prefix + renamed(part), part, changed);
        }
    }

    private interface Factors {
        float of(int row);
    }

    private static Tensor scaled(Tensor tensor, Factors factors) {
        float[] values = tensor.values().clone();
        for (int i = 0; i < values.length; i++) {
            float factor = factors.of(i / tensor.width());
            values[i] = factor == 1 ? values[i] : values[i] * factor;
        }
        return tensor.with(values, tensor.shape());
    }

    private String renamed(String part) {
        String own = part.replaceFirst("^(mamba|self_attn|linear_attn)\\.", "mixer.")
                .replaceFirst("^feed_forward\\.", "mlp.");
        int dot = own.lastIndexOf('.');
        return switch (own) {
            case "mixer.A_log" -> "ssm_a";
            case "mixer.D" -> "ssm_d";
            case "mixer.dt_bias" -> "ssm_dt.bias";
            case "mixer.gate.e_score_correction_bias" -> "exp_probs_b.bias";
            case "pre_ff_layernorm.weight" -> model.equals("falcon_h1") ? "ffn_norm" : "ffn_norm.weight";
            case "post_attention_layernorm.weight" ->
                model.equals("qwen3_next") ? "post_attention_norm.weight" : "ffn_norm.weight";
            default -> PARTS.get(own.substring(0, dot)) + own.substring(dot);
        };
    }

    private void emit(String name, String from, Tensor tensor) {
        float[] values = tensor.values();
        int rows = tensor.rows();
        boolean delta = model.equals("qwen3_next");
        for (int i = 0; i < values.length; i++) {
            if (name.endsWith("ssm_a")) {
                values[i] = (float) -Math.exp(values[i]);
            } else if (delta && name.endsWith("norm.weight") && !name.contains("ssm_norm")) {
                values[i] += 1;
            }
        }
        if (sizes.interleaves() && (name.contains("attn_q.") || name.contains("attn_k."))) {
            values = interleaved(values, tensor.width());
        }
        if (name.contains("ssm_norm") && !delta) {
            write(name, tensor.with(values, sizes.groups(), values.length / sizes.groups()), true);
        } else if ((name.endsWith("ssm_a") || name.endsWith("ssm_d"))
                && tensor.shape().length == 1
                && !delta
                && !sizes.first()) {
            write(name, tensor.with(values, rows, 1), true);
        } else if (name.contains("ssm_conv1d") && tensor.shape().length == 3) {
            write(name, tensor.with(values, rows, tensor.width()), true);
        } else if (name.endsWith("_shexp.weight") && rows == 1) {
            write(name, tensor.with(values, values.length), true);
        } else {
            write(name, tensor.with(values, tensor.shape()), name.endsWith("ssm_a"));
        }
    }

    /** The halves of each head, seen as [2, headDim/2] rows, become [headDim/2, 2]. */
    private float[] interleaved(float[] values, int columns) {
        float[] moved = new float[values.length];
        int dim = sizes.headDim();
        for (int row = 0; row < values.length / columns; row++) {
            int inside = row % dim;
            int to = row - inside + 2 * (inside % (dim / 2)) + inside / (dim / 2);
            System.arraycopy(values, row * columns, moved, to * columns, columns);
        }
        return moved;
    }

    /** Gate and up, of all experts or of the shared one. */
    private void halves(String prefix, String part, Tensor tensor) {
        boolean shared = part.startsWith("shared_mlp.");
        String ending = shared ? sizes.hasExperts() ? "_shexp.weight" : ".weight" : "_exps.weight";
        if (part.contains("output_linear")) {
            write(prefix + "ffn_down" + ending, tensor, false);
            return;
        }
        int[] shape = tensor.shape();
        int count = shape.length == 3 ? shape[0] : 1;
        int half = tensor.values().length / count / 2;
        for (int which = 0; which < 2; which++) {
            float[] values = new float[count * half];
            for (int expert = 0; expert < count; expert++) {
                System.arraycopy(tensor.values(), (2 * expert + which) * half, values, expert * half, half);
            }
            int columns = shape[shape.length - 1];
            int[] dimensions = shape.length == 3
                    ? new int[] {count, half / columns, columns}
                    : new int[] {half / columns, columns};
            write(prefix + (which == 0 ? "ffn_gate" : "ffn_up") + ending, tensor.with(values, dimensions), false);
        }
    }

    /** Query, key, value and gate of one key head after the other become those of all key heads. */
    private void apart(String prefix, Tensor tensor) {
        int heads = config.path("linear_num_key_heads").asInt();
        int key = config.path("linear_key_head_dim").asInt();
        int value = config.path("linear_value_head_dim").asInt()
                * config.path("linear_num_value_heads").asInt()
                / heads;
        int[] firsts = {0, key, 2 * key, 2 * key + value};
        int[] counts = {key, key, value, value};
        int width = tensor.width();
        float[] moved = new float[tensor.values().length];
        int at = 0;
        for (int part = 0; part < 4; part++) {
            for (int head = 0; head < heads; head++) {
                int from = head * 2 * (key + value) + firsts[part];
                System.arraycopy(tensor.values(), from * width, moved, at * width, counts[part] * width);
                at += counts[part];
            }
        }
        int rows = heads * (2 * key + value);
        float[] joint = Arrays.copyOf(moved, rows * width);
        float[] gate = Arrays.copyOfRange(moved, rows * width, moved.length);
        write(prefix + "attn_qkv.weight", tensor.with(joint, rows, width), false);
        write(prefix + "attn_gate.weight", tensor.with(gate, heads * value, width), false);
    }

    private void stack(String name, List<Tensor> matrices) {
        Tensor first = matrices.getFirst();
        float[] all = new float[matrices.size() * first.values().length];
        for (int i = 0; i < matrices.size(); i++) {
            System.arraycopy(matrices.get(i).values(), 0, all, i * first.values().length, first.values().length);
        }
        write(name, first.with(all, matrices.size(), first.rows(), first.width()), false);
    }

    private void write(String name, Tensor tensor, boolean exact) {
        boolean vector = exact || tensor.shape().length == 1;
        FloatType type = vector ? FloatType.F32 : tensor.stored();
        byte[] bytes = new byte[tensor.values().length * type.bytes()];
        for (int i = 0; i < tensor.values().length; i++) {
            type.store(MemorySegment.ofArray(bytes), i, tensor.values()[i]);
        }
        long[] dimensions = new long[tensor.shape().length];
        for (int i = 0; i < dimensions.length; i++) {
            dimensions[i] = tensor.shape()[dimensions.length - 1 - i];
        }
        writer.tensor(name, GgmlType.valueOf(type.name()), bytes, dimensions);
    }
}
