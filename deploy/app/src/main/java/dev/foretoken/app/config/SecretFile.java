package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file with one secret a line: command lines and environments are shown to others more easily than files. */
record SecretFile(String option, Path path) {

    private static final long MAX_BYTES = 1 << 20;

    /**
     * Its lines without surrounding blanks; empty lines do not count.
     *
     * @throws ForetokenException CONFIG_INVALID when it cannot be read or holds none
     */
    List<String> read() {
        List<String> secrets;
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw refused("is larger than " + MAX_BYTES + " bytes");
            }
            secrets = Files.readAllLines(path).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw refused("cannot be read (" + e.getMessage() + ")");
        }
        if (secrets.isEmpty()) {
            throw refused("has no line with a secret");
        }
        return secrets;
    }

    private ForetokenException refused(String problem) {
        return new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        option + "=" + path + " " + problem
                                + "; it must be a readable text file with one secret a line")
                .withParam(option);
    }
}
