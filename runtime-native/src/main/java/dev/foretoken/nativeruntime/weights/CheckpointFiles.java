package dev.foretoken.nativeruntime.weights;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the files of a checkpoint directory and lets none of them be outside of it. The one exception is the cache of the Hugging Face
 * hub, where {@code snapshots/REVISION/FILE} is a link into {@code blobs} two levels up.
 */
final class CheckpointFiles {

    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final long MAX_JSON_BYTES = 64L << 20;

    private final Path directory;

    CheckpointFiles(Path directory) {
        this.directory = directory;
    }

    byte[] config() {
        return bytes(CONFIG);
    }

    /** File of each tensor as the index says; empty when there is one file for all. */
    Map<String, String> index() {
        if (Files.exists(directory.resolve(SINGLE)) || !Files.exists(directory.resolve(INDEX))) {
            return Map.of();
        }
        Map<String, String> files = new TreeMap<>();
        JsonNode map = weightMap();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isTextual()) {
                throw corrupt(INDEX + " is damaged: the file of tensor " + entry.getKey() + " is not a string");
            }
            files.put(entry.getKey(), plainName(entry.getValue().textValue()));
        }
        return files;
    }

    private JsonNode weightMap() {
        try {
            JsonNode map = JSON.readTree(bytes(INDEX)).path("weight_map");
            if (!map.isObject() || map.isEmpty()) {
                throw corrupt(INDEX + " is damaged: it has no weight_map");
            }
            return map;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, INDEX + " is not valid JSON", e);
        }
    }

    private static String plainName(String name) {
        boolean plain = !name.isEmpty()
                && name.indexOf('/') < 0
                && name.indexOf('\\') < 0
                && name.indexOf('\0') < 0
                && !name.startsWith(".")
                && name.endsWith(".safetensors");
        if (!plain) {
            throw corrupt(INDEX + " names a file that is not a plain *.safetensors name in the model's directory");
        }
        return name;
    }

    /** The file's path after every link was followed. */
    Path resolve(String name) {
        Path path = directory.resolve(name);
        try {
            Path real = path.toRealPath();
            Path home = directory.toRealPath();
            if (!real.startsWith(home) && !isHubBlob(home, real)) {
                throw corrupt(name + " is a link that leads out of the model's directory");
            }
            if (!Files.isRegularFile(real)) {
                throw corrupt(name + " is not a file");
            }
            return real;
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, "The model's directory has no readable " + name, e);
        }
    }

    private static boolean isHubBlob(Path home, Path real) {
        Path snapshots = home.getParent();
        return snapshots != null
                && snapshots.endsWith("snapshots")
                && real.startsWith(snapshots.resolveSibling("blobs"));
    }

    private byte[] bytes(String name) {
        Path path = resolve(name);
        try {
            if (Files.size(path) > MAX_JSON_BYTES) {
                throw corrupt(name + " has " + Files.size(path) + " bytes, at most " + MAX_JSON_BYTES + " are read");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read", e);
        }
    }

    private static ForetokenException corrupt(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}
