package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a checkpoint's tokenizer.json as a GGUF vocabulary, the way converters do. */
final class GgufVocabulary {

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    private final JsonNode tokenizer;
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> kinds = new ArrayList<>();
    private final GgufWriter writer = new GgufWriter();

    private GgufVocabulary(Path directory) {
        try {
            tokenizer = new ObjectMapper()
                    .readTree(directory.resolve("tokenizer.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tokenizer
                .path("model")
                .path("vocab")
                .properties()
                .forEach(entry -> put(
                        entry.getValue().asInt(),
                        entry.getKey(),
                        entry.getKey().matches("<0x[0-9A-F]{2}>") ? BYTE : NORMAL));
        for (JsonNode added : tokenizer.path("added_tokens")) {
            String content = added.path("content").asText();
            int special = content.equals("<unk>") ? UNKNOWN : CONTROL;
            put(added.path("id").asInt(), content, added.path("special").asBoolean() ? special : USER_DEFINED);
        }
    }

    private void put(int id, String text, int kind) {
        while (tokens.size() <= id) {
            kinds.add(UNUSED);
            tokens.add("[PAD" + tokens.size() + "]");
        }
        tokens.set(id, text);
        kinds.set(id, kind);
    }

    /** {@code pre}: the name of how it cuts texts. */
    static GgufWriter byteLevel(Path directory, String pre) {
        GgufVocabulary vocabulary = new GgufVocabulary(directory);
        List<String> merges = new ArrayList<>();
        vocabulary.merges().forEach(merge -> merges.add(String.join(" ", merge)));
        return vocabulary.written("gpt2").put("tokenizer.ggml.pre", pre).put("tokenizer.ggml.merges", merges);
    }

    /** A piece's score is the lower, the later it is merged. */
    static GgufWriter sentencePiece(Path directory) {
        GgufVocabulary vocabulary = new GgufVocabulary(directory);
        Map<String, Integer> ranks = new HashMap<>();
        vocabulary.merges().forEach(merge -> ranks.putIfAbsent(merge.get(0) + merge.get(1), ranks.size()));
        float[] scores = new float[vocabulary.tokens.size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = -ranks.getOrDefault(vocabulary.tokens.get(id), 1_000_000);
        }
        return vocabulary.written("llama").put("tokenizer.ggml.scores", scores);
    }

    private List<List<String>> merges() {
        List<List<String>> merges = new ArrayList<>();
        for (JsonNode merge : tokenizer.path("model").path("merges")) {
            merges.add(
                    merge.isTextual()
                            ? Arrays.asList(merge.asText().split(" "))
                            : List.of(merge.get(0).asText(), merge.get(1).asText()));
        }
        return Collections.unmodifiableList(merges);
    }

    private GgufWriter written(String model) {
        return writer.put("tokenizer.ggml.model", model)
                .put("tokenizer.ggml.tokens", tokens)
                .put(
                        "tokenizer.ggml.token_type",
                        kinds.stream().mapToInt(Integer::intValue).toArray());
    }
}
