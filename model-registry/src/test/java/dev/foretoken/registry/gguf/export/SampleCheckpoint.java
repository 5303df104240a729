package dev.foretoken.registry.gguf.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A checkpoint folder of one small F32 layer, with documents to be changed. */
final class SampleCheckpoint {

    static final int HIDDEN = 32;
    static final int TOKENS = 8;
    static final int KV_WIDTH = 16;

    static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1,
             "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8, "vocab_size": 8,
             "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": false,
             "bos_token_id": 5, "eos_token_id": [6, 7]}""";

    static final String BYTE_LEVEL = """
            {"added_tokens": [{"id": 5, "content": "<s>", "special": true}, {"id": 6, "content": "</s>", "special": true}],
             "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true},
             "post_processor": {"type": "TemplateProcessing", "single": [
                {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4},
                       "merges": [["a", "b"], "ab c"]}}""";

    private static final List<String> MATRICES = List.of(
            "model.embed_tokens.weight",
            "lm_head.weight",
            "model.layers.0.self_attn.q_proj.weight",
            "model.layers.0.self_attn.k_proj.weight",
            "model.layers.0.self_attn.v_proj.weight",
            "model.layers.0.self_attn.o_proj.weight",
            "model.layers.0.mlp.gate_proj.weight",
            "model.layers.0.mlp.up_proj.weight",
            "model.layers.0.mlp.down_proj.weight");

    private final Path folder;
    private final List<String> entries = new ArrayList<>();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    private SampleCheckpoint(Path folder) {
        this.folder = folder;
    }

    /** {@code more}: names of further vectors. */
    static void write(Path folder, String config, String tokenizer, String... more) throws IOException {
        SampleCheckpoint checkpoint = new SampleCheckpoint(folder);
        for (String name : MATRICES) {
            checkpoint.add(name, rows(name), name.contains("down_proj") ? 64 : HIDDEN);
        }
        for (String name : List.of(
                "model.norm.weight",
                "model.layers.0.input_layernorm.weight",
                "model.layers.0.post_attention_layernorm.weight")) {
            checkpoint.add(name, 0, HIDDEN);
        }
        for (String name : more) {
            checkpoint.add(name, 0, HIDDEN);
        }
        checkpoint.save(config, tokenizer);
    }

    private static int rows(String name) {
        if (name.contains("embed") || name.contains("lm_head")) {
            return TOKENS;
        }
        if (name.contains("k_proj") || name.contains("v_proj")) {
            return KV_WIDTH;
        }
        return name.contains("gate") || name.contains("up_proj") ? 64 : HIDDEN;
    }

    /** The numbers of a tensor. */
    static float[] values(String name, int count) {
        Random random = new Random(name.hashCode());
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private void add(String name, int rows, int columns) {
        int begin = data.size();
        ByteBuffer bytes = ByteBuffer.allocate(4 * Math.max(1, rows) * columns).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values(name, Math.max(1, rows) * columns));
        data.writeBytes(bytes.array());
        String shape = rows == 0 ? "[" + columns + "]" : "[" + rows + "," + columns + "]";
        entries.add("\"" + name + "\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + ","
                + data.size() + "]}");
    }

    private void save(String config, String tokenizer) throws IOException {
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header).put(data.toByteArray());
        Files.write(folder.resolve("model.safetensors"), file.array());
        Files.writeString(folder.resolve("config.json"), config);
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\", \"chat_template\": \"{{ x }}\"}");
    }
}
