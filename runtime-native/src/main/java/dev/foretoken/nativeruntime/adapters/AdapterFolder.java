package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A folder of an adapter. Its files must be in it: a link to elsewhere is not followed. */
record AdapterFolder(Path path) {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final long MAX_CONFIG_BYTES = 1L << 20;

    byte[] config() {
        Path file = file(AdapterConfigReader.FILE);
        try {
            if (Files.size(file) > MAX_CONFIG_BYTES) {
                throw corrupt("%s has %d bytes, at most %d are read"
                        .formatted(AdapterConfigReader.FILE, Files.size(file), MAX_CONFIG_BYTES));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, AdapterConfigReader.FILE + " cannot be read", e);
        }
    }

    Path weights() {
        return file(WEIGHTS);
    }

    private Path file(String name) {
        Path file = path.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw corrupt("an adapter is a folder with %s and %s; %s is %s"
                    .formatted(
                            AdapterConfigReader.FILE,
                            WEIGHTS,
                            name,
                            Files.isSymbolicLink(file) ? "a link, which is not followed" : "not there"));
        }
        return file;
    }

    private static ForetokenException corrupt(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, what);
    }
}
