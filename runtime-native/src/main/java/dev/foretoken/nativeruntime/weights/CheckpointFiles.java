package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.parts.PartList;
import dev.foretoken.registry.safetensors.ShardIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Finds the files of a checkpoint directory and lets none of them be outside of it. The one exception is the cache of the Hugging Face
 * hub, where {@code snapshots/REVISION/FILE} is a link into {@code blobs} two levels up.
 */
final class CheckpointFiles {

    static final String CONFIG = "config.json";
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final long MAX_JSON_BYTES = ShardIndex.MAX_BYTES;

    private final Path directory;

    CheckpointFiles(Path directory) {
        this.directory = directory;
    }

    byte[] config() {
        return bytes(CONFIG);
    }

    /** File of each tensor as the index says; empty when there is one file for all. */
    Map<String, String> index() {
        if (MappedFile.isAt(directory.resolve(SINGLE)) || !Files.exists(directory.resolve(INDEX))) {
            return Map.of();
        }
        return ShardIndex.parse(INDEX, bytes(INDEX)).fileOf();
    }

    /** The file's path after every link was followed; of a file that is there as parts, where it would be. */
    Path resolve(String name) {
        Path path = directory.resolve(name);
        if (PartList.standsFor(path)) {
            return path;
        }
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
