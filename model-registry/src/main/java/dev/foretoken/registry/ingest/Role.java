package dev.foretoken.registry.ingest;

import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a file is by its name. What is not known is not taken. */
enum Role {
    SAFETENSORS(""),
    SHARD_INDEX(""),
    GGUF(""),
    ONNX(""),
    RECIPE(""),
    PREDICTION(""),
    /** Describes the model or its text. */
    TEXT(""),
    PICKLE("a pickle, or another file that runs code when it is read: never loaded"),
    CODE("code is never loaded"),
    OTHER("not a file that a model is loaded from");

    private static final Set<String> PICKLES = Set.of(
            "bin", "pt", "pth", "pkl", "pickle", "ckpt", "joblib", "npy", "npz", "h5", "keras", "mar", "nemo", "pb");
    private static final Set<String> CODES =
            Set.of("py", "pyc", "pyx", "so", "dll", "dylib", "sh", "exe", "jar", "class", "js", "wasm", "bat", "ps1");
    private static final Pattern TEXTS = Pattern.compile("config\\.json|generation_config\\.json"
            + "|tokenizer[A-Za-z0-9_-]{0,64}\\.json|tokenizer\\.model|vocab\\.(json|txt|bpe)|merges\\.txt"
            + "|genai_config\\.json|graph\\.json|modules\\.json|sentence_bert_config\\.json"
            + "|special_tokens_map\\.json|added_tokens\\.json|chat_template\\.(json|jinja)"
            + "|README\\.md|LICEN[CS]E(\\.[A-Za-z]{1,8})?|NOTICE(\\.[A-Za-z]{1,8})?");

    private final String reason;

    Role(String reason) {
        this.reason = reason;
    }

    /** Why such files are left out; empty for those that are not. */
    String reason() {
        return reason;
    }

    static Role of(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (name.startsWith(".")) {
            return OTHER;
        }
        if (PICKLES.contains(extension)) {
            return PICKLE;
        }
        if (CODES.contains(extension)) {
            return CODE;
        }
        return ofModel(name);
    }

    private static Role ofModel(String name) {
        if (name.endsWith(".safetensors")) {
            return SAFETENSORS;
        }
        if (name.endsWith(".safetensors.index.json")) {
            return SHARD_INDEX;
        }
        if (name.endsWith(".gguf")) {
            return GGUF;
        }
        if (name.endsWith(".onnx")) {
            return ONNX;
        }
        if (name.equals(RecipeFile.NAME)) {
            return RECIPE;
        }
        if (name.equals(PredictionFile.NAME)) {
            return PREDICTION;
        }
        return TEXTS.matcher(name).matches() ? TEXT : OTHER;
    }
}
