package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** {@code tokenizer.json} and its neighbours as {@code tokenizer.ggml.*} metadata. */
final class Vocabulary {

    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;
    static final int BYTE = 6;

    private static final String PREFIX = "tokenizer.ggml.";

    private final CheckpointTexts texts;
    private final List<String> tokens;
    private final List<Integer> kinds;
    private final Map<String, Integer> ids = new HashMap<>();

    /** {@code size}: rows of the embedding; ids without a token are padded. */
    Vocabulary(CheckpointTexts texts, int size) {
        this.texts = texts;
        this.tokens = new ArrayList<>();
        this.kinds = new ArrayList<>(Collections.nCopies(size, UNUSED));
        for (int id = 0; id < size; id++) {
            tokens.add("[PAD" + id + "]");
        }
        model().path("vocab")
                .properties()
                .forEach(e -> place(e.getKey(), e.getValue().asInt(-1), NORMAL));
        for (JsonNode added : texts.tokenizer().path("added_tokens")) {
            boolean special = added.path("special").asBoolean(false);
            place(added.path("content").asText(), added.path("id").asInt(-1), special ? CONTROL : USER_DEFINED);
        }
    }

    private void place(String token, int id, int kind) {
        if (id < 0 || id >= tokens.size()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "tokenizer.json has a token with id " + id + ", the model has " + tokens.size() + " tokens");
        }
        tokens.set(id, token);
        kinds.set(id, kind);
        ids.put(token, id);
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED for a tokenizer that ggml does not have */
    void write(MetadataPairs metadata) {
        String type = model().path("type").asText(model().has("merges") ? "BPE" : "");
        if (!type.equals("BPE")) {
            throw unsupported("a " + type + " model");
        }
        if (SentencePieces.looksLike(texts.tokenizer())) {
            new SentencePieces(texts.tokenizer(), tokens, kinds, ids).write(metadata);
        } else {
            metadata.put(PREFIX + "model", "gpt2").put(PREFIX + "pre", TextSplits.nameOf(texts.tokenizer()));
            metadata.texts(PREFIX + "merges", merges(model()));
        }
        metadata.texts(PREFIX + "tokens", tokens).wholes(PREFIX + "token_type", kinds);
        roles(metadata);
        promptEnds(metadata);
        if (!texts.template().isEmpty()) {
            metadata.put("tokenizer.chat_template", texts.template());
        }
    }

    /** Each as two pieces with a space between. */
    static List<String> merges(JsonNode model) {
        List<String> out = new ArrayList<>();
        for (JsonNode merge : model.path("merges")) {
            String text = merge.isArray()
                    ? merge.path(0).asText() + " " + merge.path(1).asText()
                    : merge.asText();
            if (text.chars().filter(c -> c == ' ').count() != 1) {
                throw unsupported("the merge '" + text + "' with a space in a piece");
            }
            out.add(text);
        }
        return out;
    }

    private JsonNode model() {
        return texts.tokenizer().path("model");
    }

    private void roles(MetadataPairs metadata) {
        id("bos_token").ifPresent(id -> metadata.put(PREFIX + "bos_token_id", id));
        id("pad_token").ifPresent(id -> metadata.put(PREFIX + "padding_token_id", id));
        id("unk_token").ifPresent(id -> metadata.put(PREFIX + "unknown_token_id", id));
        Set<Integer> ends = new LinkedHashSet<>();
        id("eos_token").ifPresent(ends::add);
        addIds(ends, texts.generation().path("eos_token_id"));
        addIds(ends, texts.config().path("eos_token_id"));
        List<String> keys = List.of("eos_token_id", "eot_token_id", "eom_token_id");
        int next = 0;
        for (int id : ends) {
            if (next < keys.size() && id >= 0 && id < tokens.size()) {
                metadata.put(PREFIX + keys.get(next++), id);
            }
        }
    }

    private static void addIds(Set<Integer> ids, JsonNode value) {
        if (value.isInt()) {
            ids.add(value.asInt());
        }
        value.forEach(id -> ids.add(id.asInt(-1)));
    }

    /** By the token that tokenizer_config.json names, else by the id in config.json. */
    private OptionalInt id(String role) {
        JsonNode named = texts.tokenizerConfig().path(role);
        Integer id = ids.get(named.isObject() ? named.path("content").asText() : named.asText(""));
        if (id != null) {
            return OptionalInt.of(id);
        }
        int other = texts.config().path(role + "_id").asInt(-1);
        return other >= 0 && other < tokens.size() ? OptionalInt.of(other) : OptionalInt.empty();
    }

    /** What the post-processor puts around a plain text. */
    private void promptEnds(MetadataPairs metadata) {
        JsonNode single = single(texts.tokenizer().path("post_processor"));
        int bos = id("bos_token").orElse(-1);
        int eos = id("eos_token").orElse(-1);
        metadata.put(PREFIX + "add_bos_token", bos >= 0 && isSpecial(single.path(0), bos));
        metadata.put(PREFIX + "add_eos_token", eos >= 0 && isSpecial(single.path(Math.max(0, single.size() - 1)), eos));
    }

    private static JsonNode single(JsonNode processor) {
        for (JsonNode step : processor.path("processors")) {
            if (step.path("type").asText().equals("TemplateProcessing")) {
                return step.path("single");
            }
        }
        return processor.path("single");
    }

    private boolean isSpecial(JsonNode step, int id) {
        return ids.getOrDefault(step.path("SpecialToken").path("id").asText(), -1) == id;
    }

    static ForetokenException unsupported(String what) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "tokenizer.json has " + what
                        + "; a GGUF file can have byte-level BPE as of GPT-2, Llama 3, Qwen or Mistral's"
                        + " Tekken, and SentencePiece BPE");
    }
}
