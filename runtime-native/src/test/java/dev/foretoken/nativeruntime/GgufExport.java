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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts a checkpoint directory of one safetensors file into a GGUF file, the way ggml's converter does. */
public final class GgufExport {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Map<String, String> OF_LAYER = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("mlp.router", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.gate", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.router.layer", "ffn_gate_inp"),
            Map.entry("block_sparse_moe.input_linear", "ffn_gate_up_exps"),
            Map.entry("block_sparse_moe.output_linear", "ffn_down_exps"));
    private static final Pattern EXPERT = Pattern.compile("(?:mlp|block_sparse_moe)\\.experts\\.(\\d+)\\.(\\w+)");
    private static final Map<String, String> OF_EXPERT = Map.of(
            "w1",
            "ffn_gate",
            "gate_proj",
            "ffn_gate",
            "w3",
            "ffn_up",
            "up_proj",
            "ffn_up",
            "w2",
            "ffn_down",
            "down_proj",
            "ffn_down");
    private static final Pattern STACKED = Pattern.compile("(blk\\.\\d+\\.ffn_\\w+)\\.\\d+\\.weight");
    private static final Map<String, String> OUTSIDE = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");

    private final JsonNode config;
    private final GgufWriter writer = new GgufWriter();
    private final @Nullable GgmlType type;
    private final boolean interleaves;
    private final DenseGguf dense;
    private final boolean stacksExperts;
    private GgmlType storedType = GgmlType.F32;
    private final Map<String, List<float[]>> experts = new TreeMap<>();

    private GgufExport(JsonNode config, @Nullable GgmlType type, boolean stacksExperts) {
        this.config = config;
        this.type = type;
        this.stacksExperts = stacksExperts;
        this.dense = new DenseGguf(config);
        String architecture = config.path("model_type").asText();
        this.interleaves =
                List.of("llama", "mistral", "mixtral", "granite", "granitemoe").contains(architecture);
    }

    /** {@code type}: of all matrices but routers, where rows are whole blocks; null: as they are stored. Vectors become F32. */
    public static GgufWriter of(Path directory, @Nullable GgmlType type) {
        return of(directory, type, true);
    }

    /** {@code stacksExperts}: all experts of a layer in one tensor, or, as older files have them, each in its own. */
    static GgufWriter of(Path directory, @Nullable GgmlType type, boolean stacksExperts) {
        try {
            GgufExport export = new GgufExport(
                    JSON.readTree(directory.resolve("config.json").toFile()), type, stacksExperts);
            export.metadata();
            export.tensors(Files.readAllBytes(directory.resolve("model.safetensors")));
            return export.writer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void metadata() {
        String architecture =
                interleaves && !dense.architecture().startsWith("granite") ? "llama" : dense.architecture();
        String prefix = architecture + ".";
        writer.put("general.architecture", architecture)
                .put(prefix + "block_count", config.path("num_hidden_layers").asInt())
                .put(
                        prefix + "context_length",
                        config.path("max_position_embeddings").asInt())
                .put(prefix + "embedding_length", config.path("hidden_size").asInt())
                .put(
                        prefix + "feed_forward_length",
                        config.path("intermediate_size").asInt())
                .put(prefix + "attention.head_count", heads())
                .put(prefix + "attention.head_count_kv", kvHeads())
                .put(prefix + "attention.key_length", headDim())
                .put(prefix + "attention.value_length", headDim())
                .put(prefix + "rope.dimension_count", headDim())
                .put(prefix + "attention.layer_norm_rms_epsilon", (float)
                        config.path("rms_norm_eps").asDouble(1e-6))
                .put(prefix + "rope.freq_base", theta());
        if (config.path("model_type").asText().equals("mistral")
                && config.path("sliding_window").isInt()) {
            writer.put(
                    prefix + "attention.sliding_window",
                    config.path("sliding_window").asInt());
        }
        experts(prefix);
        scaling(prefix, rope());
        dense.metadata(writer);
    }

    private void experts(String prefix) {
        int count = config.path("num_local_experts")
                .asInt(config.path("num_experts").asInt());
        if (count > 0) {
            int inner = config.path("moe_intermediate_size")
                    .asInt(config.path("intermediate_size").asInt());
            writer.put(prefix + "expert_count", count)
                    .put(
                            prefix + "expert_used_count",
                            config.path("num_experts_per_tok").asInt())
                    .put(prefix + "expert_feed_forward_length", inner);
        }
    }

    private JsonNode rope() {
        JsonNode rope = config.path(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        return rope.path("full_attention").isObject() ? rope.path("full_attention") : rope;
    }

    private float theta() {
        double outside = config.path("rope_theta").asDouble(10000);
        return (float) rope().path("rope_theta").asDouble(outside);
    }

    private void scaling(String prefix, JsonNode rope) {
        String kind = rope.path("rope_type").asText(rope.path("type").asText("default"));
        if (kind.equals("linear") || kind.equals("yarn")) {
            writer.put(prefix + "rope.scaling.type", kind).put(prefix + "rope.scaling.factor", (float)
                    rope.path("factor").asDouble());
        }
        if (kind.equals("yarn")) {
            writer.put(
                    prefix + "rope.scaling.original_context_length",
                    rope.path("original_max_position_embeddings").asInt());
        }
        if (kind.equals("llama3")) {
            writer.tensor("rope_freqs.weight", GgmlType.F32, bytes(GgmlType.F32, divisors(rope)), headDim() / 2);
        }
    }

    private float[] divisors(JsonNode rope) {
        double factor = rope.path("factor").asDouble();
        double low = rope.path("low_freq_factor").asDouble();
        double high = rope.path("high_freq_factor").asDouble();
        double original = rope.path("original_max_position_embeddings").asDouble();
        float[] divisors = new float[headDim() / 2];
        for (int i = 0; i < divisors.length; i++) {
            double wavelength = 2 * Math.PI * Math.pow(theta(), 2.0 * i / headDim());
            double smooth = Math.clamp((original / wavelength - low) / (high - low), 0, 1);
            divisors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
        }
        return divisors;
    }

    private int heads() {
        return config.path("num_attention_heads").asInt(config.path("n_head").asInt());
    }

    private int kvHeads() {
        return config.path("num_key_value_heads").asInt(heads());
    }

    private int headDim() {
        int share = config.path("model_type").asText().equals("qwen3")
                ? 128
                : config.path("hidden_size").asInt() / heads();
        return config.path("head_dim").asInt(share);
    }

    private void tensors(byte[] file) throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(file);
        long header = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        JsonNode table = JSON.readTree(new String(file, 8, (int) header, StandardCharsets.UTF_8));
        table.properties().forEach(entry -> {
            long begin = entry.getValue().path("data_offsets").path(0).asLong();
            long end = entry.getValue().path("data_offsets").path(1).asLong();
            MemorySegment data = bytes.asSlice(8 + header + begin, end - begin);
            String name = renamed(entry.getKey());
            if (name.isEmpty()) {
                ofGptOss(entry.getKey(), entry.getValue().path("shape"), data);
            } else {
                tensor(name, entry.getValue(), data);
            }
        });
        experts.forEach(this::stack);
    }

    /** Of an F32 file. */
    private void ofGptOss(String name, JsonNode shape, MemorySegment data) {
        if (config.path("model_type").asText().equals("gpt_oss")) {
            new GptOssGguf(writer)
                    .write(
                            name,
                            shape.path(0).asInt(),
                            shape.path(1).asInt(1),
                            data.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        }
    }

    private String renamed(String name) {
        Matcher layer = LAYER.matcher(name);
        if (!layer.matches()) {
            return OUTSIDE.getOrDefault(name, DenseGguf.ofGpt2(name));
        }
        String prefix = "blk." + layer.group(1) + ".";
        Matcher expert = EXPERT.matcher(layer.group(2));
        if (expert.matches()) {
            return prefix + OF_EXPERT.get(expert.group(2)) + "." + expert.group(1) + ".weight";
        }
        String own = dense.part(layer.group(2), OF_LAYER.getOrDefault(layer.group(2), ""));
        return own.isEmpty() ? "" : prefix + own + "." + layer.group(3);
    }

    /** One tensor of the matrices of all experts, which come in ascending order. */
    private void stack(String name, List<float[]> matrices) {
        float[] all = new float[matrices.size() * matrices.getFirst().length];
        for (int i = 0; i < matrices.size(); i++) {
            System.arraycopy(matrices.get(i), 0, all, i * matrices.get(i).length, matrices.get(i).length);
        }
        boolean down = name.contains("ffn_down");
        int inner = config.path("moe_intermediate_size")
                .asInt(config.path("intermediate_size").asInt());
        int hidden = config.path("hidden_size").asInt();
        stacked(name, new StackedExperts(all, matrices.size(), down ? hidden : inner, down ? inner : hidden));
    }

    private void stacked(String name, StackedExperts all) {
        GgmlType target = target(name, storedType, all.columns());
        writer.tensor(name, target, bytes(target, all.values()), all.columns(), all.rows(), all.experts());
    }

    private GgmlType target(String name, GgmlType stored, int columns) {
        boolean kept = type == null || name.contains("ffn_gate_inp") || columns % type.blockElements() != 0;
        return kept ? stored : type;
    }

    private void graniteExperts(String name, JsonNode entry, MemorySegment data) {
        FloatType stored = FloatType.valueOf(entry.path("dtype").asText());
        storedType = GgmlType.valueOf(stored.name());
        int[] shape = JSON.convertValue(entry.path("shape"), int[].class);
        float[] values = new float[shape[0] * shape[1] * shape[2]];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.load(data, i);
        }
        StackedExperts.ofGranite(name, values, shape).forEach(this::stacked);
    }

    private void tensor(String name, JsonNode entry, MemorySegment data) {
        if (entry.path("shape").size() == 3) {
            graniteExperts(name, entry, data);
            return;
        }
        FloatType stored = FloatType.valueOf(entry.path("dtype").asText());
        int rows = entry.path("shape").get(0).asInt();
        int columns = entry.path("shape").path(1).asInt(1);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = stored.load(data, i) + dense.shift(name);
        }
        if (interleaves && (name.contains("attn_q.") || name.contains("attn_k."))) {
            values = interleaved(values, rows, columns);
        }
        Matcher expert = STACKED.matcher(name);
        if (stacksExperts && expert.matches()) {
            storedType = GgmlType.valueOf(stored.name());
            experts.computeIfAbsent(expert.group(1) + "_exps.weight", n -> new ArrayList<>())
                    .add(values);
        } else if (entry.path("shape").size() == 1) {
            writer.tensor(name, GgmlType.F32, bytes(GgmlType.F32, values), rows);
        } else {
            GgmlType target = target(name, GgmlType.valueOf(stored.name()), columns);
            boolean turned = dense.isTransposed(name);
            float[] placed = turned ? DenseGguf.transposed(values, rows, columns) : values;
            writer.tensor(name, target, bytes(target, placed), turned ? rows : columns, turned ? columns : rows);
        }
    }

    /** The halves of each head, seen as [2, headDim/2] rows, become [headDim/2, 2]. */
    private float[] interleaved(float[] values, int rows, int columns) {
        float[] moved = new float[values.length];
        int half = headDim() / 2;
        for (int head = 0; head < rows / headDim(); head++) {
            for (int i = 0; i < half; i++) {
                for (int part = 0; part < 2; part++) {
                    int from = head * headDim() + part * half + i;
                    int to = head * headDim() + 2 * i + part;
                    System.arraycopy(values, from * columns, moved, to * columns, columns);
                }
            }
        }
        return moved;
    }

    private static byte[] bytes(GgmlType type, float[] values) {
        byte[] bytes = new byte[values.length / type.blockElements() * type.blockBytes()];
        MemorySegment target = MemorySegment.ofArray(bytes);
        if (type == GgmlType.Q8_0) {
            for (int block = 0; block < values.length / 32; block++) {
                quantize(values, block * 32, target, block * 34L);
            }
            return bytes;
        }
        for (int i = 0; i < values.length; i++) {
            FloatType.valueOf(type.name()).store(target, i, values[i]);
        }
        return bytes;
    }

    private static void quantize(float[] values, int first, MemorySegment target, long at) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            largest = Math.max(largest, Math.abs(values[first + i]));
        }
        float scale = largest / 127;
        short half = Float.floatToFloat16(scale);
        target.set(ValueLayout.JAVA_BYTE, at, (byte) half);
        target.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (half >> 8));
        for (int i = 0; i < 32; i++) {
            float value = scale == 0 ? 0 : values[first + i] / scale;
            target.set(ValueLayout.JAVA_BYTE, at + 2 + i, (byte) Math.round(value));
        }
    }
}
