package dev.foretoken.nativeruntime.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes safetensors files as tests want them, sound or not. */
public final class CheckpointWriter {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A one-layer llama: hidden 4, one head, ffn 6, vocabulary 5. */
    public static final String TINY_CONFIG = """
            {"model_type": "llama", "hidden_size": 4, "intermediate_size": 6, "num_hidden_layers": 1,
             "num_attention_heads": 1, "vocab_size": 5, "max_position_embeddings": 16}
            """;

    private CheckpointWriter() {}

    /** Shapes of the tensors that {@link #TINY_CONFIG} asks for. */
    public static Map<String, List<Integer>> tinyShapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", List.of(5, 4));
        String layer = "model.layers.0.";
        shapes.put(layer + "input_layernorm.weight", List.of(4));
        for (String map : List.of("q", "k", "v", "o")) {
            shapes.put(layer + "self_attn." + map + "_proj.weight", List.of(4, 4));
        }
        shapes.put(layer + "post_attention_layernorm.weight", List.of(4));
        shapes.put(layer + "mlp.gate_proj.weight", List.of(6, 4));
        shapes.put(layer + "mlp.up_proj.weight", List.of(6, 4));
        shapes.put(layer + "mlp.down_proj.weight", List.of(4, 6));
        shapes.put("model.norm.weight", List.of(4));
        shapes.put("lm_head.weight", List.of(5, 4));
        return shapes;
    }

    /** A file in which the element i of the file, over all tensors, is i/16. */
    public static byte[] file(Map<String, List<Integer>> shapes, FloatType type) {
        Map<String, Object> header = new LinkedHashMap<>();
        List<Float> values = new ArrayList<>();
        for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
            int begin = values.size() * type.bytes();
            int count = entry.getValue().stream().reduce(1, (a, b) -> a * b);
            for (int i = 0; i < count; i++) {
                values.add(values.size() / 16f);
            }
            int end = values.size() * type.bytes();
            header.put(
                    entry.getKey(),
                    Map.of("dtype", type.name(), "shape", entry.getValue(), "data_offsets", List.of(begin, end)));
        }
        byte[] data = new byte[values.size() * type.bytes()];
        MemorySegment segment = MemorySegment.ofArray(data);
        for (int i = 0; i < values.size(); i++) {
            type.store(segment, i, values.get(i));
        }
        return file(json(header), data);
    }

    public static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    public static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(Path path, byte[] bytes) {
        try {
            Files.write(path, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the tiny checkpoint as one file. */
    public static Path tiny(Path directory, Map<String, List<Integer>> shapes, FloatType type) {
        write(directory.resolve("config.json"), TINY_CONFIG.getBytes(StandardCharsets.UTF_8));
        write(directory.resolve("model.safetensors"), file(shapes, type));
        return directory;
    }
}
