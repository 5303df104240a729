package dev.foretoken.e2e.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.nativeruntime.GgufExport;
import dev.foretoken.registry.gguf.GgmlType;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The demo model as GGUF files, with its vocabulary and chat template. */
public final class GgufModels {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    private GgufModels() {}

    public static Path demo() {
        return Checkout.root().resolve("src/models/demo/model");
    }

    /** {@code type}: of all matrices. */
    public static GgufWriter demo(GgmlType type) {
        GgufWriter writer = GgufExport.of(demo(), type);
        JsonNode tokenizer = json("tokenizer.json");
        JsonNode config = json("tokenizer_config.json");
        List<String> tokens = new ArrayList<>();
        List<Integer> kinds = new ArrayList<>();
        tokenizer
                .at("/model/vocab")
                .properties()
                .forEach(token -> put(token.getValue().asInt(), token.getKey(), NORMAL, tokens, kinds));
        for (JsonNode added : tokenizer.path("added_tokens")) {
            put(added.path("id").asInt(), added.path("content").asText(), CONTROL, tokens, kinds);
        }
        List<String> merges = new ArrayList<>();
        tokenizer
                .at("/model/merges")
                .forEach(merge ->
                        merges.add(merge.get(0).asText() + " " + merge.get(1).asText()));
        return writer.put("tokenizer.ggml.model", "gpt2")
                .put("tokenizer.ggml.pre", "smollm") // single digits, then GPT-2's pieces
                .put("tokenizer.ggml.tokens", tokens)
                .put(
                        "tokenizer.ggml.token_type",
                        kinds.stream().mapToInt(Integer::intValue).toArray())
                .put("tokenizer.ggml.merges", merges)
                .put(
                        "tokenizer.ggml.bos_token_id",
                        tokens.indexOf(config.path("bos_token").asText()))
                .put(
                        "tokenizer.ggml.eos_token_id",
                        tokens.indexOf(config.path("eos_token").asText()))
                .put("tokenizer.ggml.add_bos_token", true)
                .put("tokenizer.chat_template", config.path("chat_template").asText());
    }

    private static void put(int id, String text, int kind, List<String> tokens, List<Integer> kinds) {
        while (tokens.size() <= id) {
            tokens.add("");
            kinds.add(NORMAL);
        }
        tokens.set(id, text);
        kinds.set(id, kind);
    }

    private static JsonNode json(String name) {
        try {
            return JSON.readTree(demo().resolve(name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
