package dev.foretoken.gateway.text.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.gguf.GgufMetadata;
import java.nio.file.Path;
import java.util.Map;

/** A GGUF file's vocabulary, special tokens and chat templates as the JSON documents a Hugging Face checkpoint has. */
public final class GgufDocuments {

    private static final String MODEL = "tokenizer.ggml.model";
    private static final String TEMPLATE = "tokenizer.chat_template";

    private final GgufMetadata metadata;
    private final TokenList tokens;
    private final SpecialIds special;

    private GgufDocuments(GgufMetadata metadata) {
        this.metadata = metadata;
        this.tokens = TokenList.read(metadata);
        this.special = new SpecialIds(metadata, tokens);
    }

    /** Whether the file has a vocabulary; one may be of weights alone. */
    public static boolean areIn(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            return file.metadata().has(MODEL);
        }
    }

    /**
     * Reads tokenizer.json, tokenizer_config.json and generation_config.json by name.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED for a kind of vocabulary or text split that is not translated,
     *     MODEL_FILE_CORRUPT for a damaged file
     */
    public static Map<String, String> read(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            GgufDocuments documents = new GgufDocuments(file.metadata());
            return Map.of(
                    "tokenizer.json", documents.tokenizer().toString(),
                    "tokenizer_config.json", documents.config().toString(),
                    "generation_config.json", documents.generation().toString());
        }
    }

    private ObjectNode tokenizer() {
        VocabularyModel model = model();
        ObjectNode tokenizer = Json.object().put("version", "1.0");
        special.writeAdded(tokenizer.putArray("added_tokens"));
        model.write(tokenizer);
        special.writePromptEnds(tokenizer, model.beginsWithBos());
        return tokenizer;
    }

    private VocabularyModel model() {
        String kind = metadata.requiredText(MODEL);
        return switch (kind) {
            case "gpt2" -> new ByteLevelModel(metadata, tokens);
            case "llama" -> new SentencePieceModel(metadata, tokens);
            default ->
                throw metadata.unsupported(
                        MODEL, "\"" + kind + "\"", "gpt2 (byte-level BPE) or llama (SentencePiece BPE)");
        };
    }

    private ObjectNode config() {
        ObjectNode config = Json.object();
        special.writeRoles(config);
        ArrayNode templates = config.putArray("chat_template");
        metadata.text(TEMPLATE).ifPresent(text -> addTemplate(templates, "default", text));
        for (String name : metadata.texts("tokenizer.chat_templates")) {
            metadata.text(TEMPLATE + "." + name).ifPresent(text -> addTemplate(templates, name, text));
        }
        return config;
    }

    private static void addTemplate(ArrayNode templates, String name, String text) {
        templates.addObject().put("name", name).put("template", text);
    }

    private ObjectNode generation() {
        ObjectNode generation = Json.object();
        special.writeEnds(generation);
        return generation;
    }
}
