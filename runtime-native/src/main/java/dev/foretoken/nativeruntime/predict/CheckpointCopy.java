package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.parts.PartList;
import dev.foretoken.registry.safetensors.ShardIndex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.TreeSet;

/** Copies what a model is computed from, and nothing else, out of a checkpoint directory. */
record CheckpointCopy(Path from, Path to) {

    private static final String CONFIG = "config.json";
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    /** @throws ForetokenException MODEL_UNSUPPORTED for what is no checkpoint directory; CONFIG_INVALID where nothing can be written */
    void run() {
        if (!Files.isRegularFile(from.resolve(CONFIG))) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "kvp: the auxiliary %s is no folder with config.json and *.safetensors, which an auxiliary with weights of its own must be"
                            .formatted(from.getFileName()));
        }
        try {
            Files.createDirectories(to);
            copy(CONFIG);
            if (there(SINGLE)) {
                copy(SINGLE);
                return;
            }
            copy(INDEX);
            byte[] index = Files.readAllBytes(from.resolve(INDEX));
            for (String shard :
                    new TreeSet<>(ShardIndex.parse(INDEX, index).fileOf().values())) {
                copy(shard);
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the auxiliary cannot be copied: " + e.getMessage(), e);
        }
    }

    private boolean there(String name) {
        return Files.isRegularFile(from.resolve(name)) || PartList.standsFor(from.resolve(name));
    }

    private void copy(String name) throws IOException {
        copy(from.resolve(name), to.resolve(name));
    }

    /** A file, by itself or in parts. */
    static void copy(Path source, Path target) throws IOException {
        if (!PartList.standsFor(source)) {
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        Path folder = source.toAbsolutePath().getParent();
        try (OutputStream out = Files.newOutputStream(target)) {
            for (PartList.Part part : PartList.of(source).parts()) {
                Files.copy(part.in(folder), out);
            }
        }
    }
}
