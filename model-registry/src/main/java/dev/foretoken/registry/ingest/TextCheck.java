package dev.foretoken.registry.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the small files of a model whole, and looks in its configurations for what asks for code. */
final class TextCheck {

    /** A larger one is no text of a model. */
    private static final int MAX_BYTES = 256 << 20;

    private static final int MAX_CONFIG_BYTES = 16 << 20;
    private static final Set<String> CONFIGS = Set.of("config.json", "generation_config.json", "tokenizer_config.json");
    private static final Set<String> CODE_KEYS = Set.of("auto_map", "trust_remote_code", "custom_pipelines");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(64).build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TextCheck() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT for one that is larger than any such file */
    static byte[] bytes(String path, Path real) {
        return bytes(path, real, MAX_BYTES);
    }

    static byte[] bytes(String path, Path real, long most) {
        try (InputStream in = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                bytes.write(buffer, 0, read);
                if (bytes.size() > most) {
                    throw Refusal.damaged("%s has more than %d bytes, which no such file has", path, most);
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw Refusal.unreadable(path, e);
        }
    }

    /** Sentences about what a configuration asks for and never gets; empty for other files. */
    static List<String> notes(String path, byte[] bytes) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!CONFIGS.contains(name)) {
            return List.of();
        }
        List<String> notes = new ArrayList<>();
        JsonNode root = object(path, bytes);
        for (String key : CODE_KEYS.stream().sorted().toList()) {
            if (root.findValue(key) != null) {
                notes.add(
                        "%s has %s, which asks for code of the model's own: code is never loaded".formatted(path, key));
            }
        }
        return notes;
    }

    /** The model's own word for its architecture; empty where it has none. */
    static String architecture(String path, byte[] config) {
        JsonNode root = object(path, config);
        String named = root.path("architectures").path(0).asText("");
        String text = named.isEmpty() ? root.path("model_type").asText("") : named;
        return text.length() <= 256 ? text : text.substring(0, 256);
    }

    private static JsonNode object(String path, byte[] bytes) {
        if (bytes.length > MAX_CONFIG_BYTES) {
            throw Refusal.damaged("%s has %d bytes, at most %d are read", path, bytes.length, MAX_CONFIG_BYTES);
        }
        try {
            JsonNode root = JSON.readTree(bytes);
            if (!root.isObject()) {
                throw Refusal.damaged("%s is not a JSON object", path);
            }
            return root;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path + " is not valid JSON", e);
        }
    }
}
