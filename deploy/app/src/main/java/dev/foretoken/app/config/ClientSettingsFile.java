package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** A properties file with settings of Kafka's clients: how they encrypt, and who they are. */
final class ClientSettingsFile {

    private static final long MAX_BYTES = 1 << 20;

    private final String option;
    private final Path path;

    private ClientSettingsFile(String option, Path path) {
        this.option = option;
        this.path = path;
    }

    /**
     * Nothing where no file is named, as by an environment variable that is empty.
     *
     * @throws ForetokenException CONFIG_INVALID when it cannot be read
     */
    static Map<String, String> read(String option, @Nullable Path path) {
        return path == null || path.toString().isEmpty() ? Map.of() : new ClientSettingsFile(option, path).read();
    }

    private Map<String, String> read() {
        Properties properties = new Properties();
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw refused("is larger than " + MAX_BYTES + " bytes");
            }
            try (Reader text = Files.newBufferedReader(path)) {
                properties.load(text);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw refused("cannot be read (" + e.getMessage() + ")");
        }
        Map<String, String> settings = new HashMap<>();
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
        return settings;
    }

    private ForetokenException refused(String problem) {
        return new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        option + "=" + path + " " + problem
                                + "; it must be a properties file with settings of Kafka's clients, such as security.protocol=SASL_SSL")
                .withParam(option);
    }
}
