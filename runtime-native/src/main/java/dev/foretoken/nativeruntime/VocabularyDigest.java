package dev.foretoken.nativeruntime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.weights.ContentDigest;
import dev.foretoken.registry.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Digest of which text each token id stands for, with the kind of file it was read from: digests of different kinds say nothing. */
record VocabularyDigest(Kind kind, String hex) {

    /** What names the tokens. */
    enum Kind {
        TOKENIZER_JSON,
        GGUF,
        ;
    }

    private static final String TOKENS = "tokenizer.ggml.tokens";

    /** Empty where nothing with the model names its tokens. */
    static Optional<VocabularyDigest> of(ModelSource source) {
        if (!source.isFile()) {
            return Optional.empty();
        }
        Path path = Path.of(source.location());
        Path json = path.resolve("tokenizer.json");
        if (Files.isRegularFile(json)) {
            return Optional.of(new VocabularyDigest(Kind.TOKENIZER_JSON, digest(json)));
        }
        if (!GgufFile.isAt(path)) {
            return Optional.empty();
        }
        try (GgufFile file = GgufFile.open(path)) {
            if (!file.metadata().has(TOKENS)) {
                return Optional.empty();
            }
            return Optional.of(
                    new VocabularyDigest(Kind.GGUF, digest(file.metadata().texts(TOKENS))));
        }
    }

    /** Whether both name their tokens, and differently. */
    static boolean differ(ModelSource one, ModelSource other) {
        Optional<VocabularyDigest> ours = of(one);
        Optional<VocabularyDigest> theirs = of(other);
        return ours.isPresent() && theirs.isPresent() && ours.get().contradicts(theirs.get());
    }

    boolean contradicts(VocabularyDigest other) {
        return kind == other.kind && !hex.equals(other.hex);
    }

    private static String digest(List<String> tokens) {
        ContentDigest digest = new ContentDigest();
        tokens.forEach(digest::add);
        return digest.hex();
    }

    /** Byte-pair vocabularies map text to id, unigram ones list [text, score]; added tokens come in both. */
    private static String digest(Path json) {
        Map<Integer, String> texts = new TreeMap<>();
        JsonNode root = parsed(json);
        JsonNode vocabulary = root.path("model").path("vocab");
        if (vocabulary.isArray()) {
            for (JsonNode entry : vocabulary) {
                texts.put(texts.size(), entry.path(0).asText());
            }
        } else {
            vocabulary.properties().forEach(entry -> texts.put(entry.getValue().asInt(), entry.getKey()));
        }
        for (JsonNode added : root.path("added_tokens")) {
            texts.put(added.path("id").asInt(), added.path("content").asText());
        }
        ContentDigest digest = new ContentDigest();
        texts.forEach((id, text) -> digest.add(id).add(text));
        return digest.hex();
    }

    private static JsonNode parsed(Path json) {
        try {
            return new ObjectMapper().readTree(Files.readAllBytes(json));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, json.getFileName() + " is not readable JSON", e);
        }
    }
}
