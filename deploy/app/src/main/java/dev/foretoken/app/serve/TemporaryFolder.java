package dev.foretoken.app.serve;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the web framework keeps files while it runs: {@code java.io.tmpdir}. In a container whose root is read-only somebody must mount it. */
final class TemporaryFolder {

    private TemporaryFolder() {}

    static Path ofProcess() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** @throws ForetokenException CONFIG_INVALID when no file can be made in it */
    static void check(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "foretoken", ""));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "no file can be made in " + folder + ", the folder for temporary files (" + e
                            + "); in a container with a read-only root mount a tmpfs there, or name another folder with"
                            + " JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }
}
