package dev.foretoken.app.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option about how clients of Kafka encrypt, and who they are. */
final class ClientSettingsOptions {

    @Option(
            names = "--batch-config",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_BATCH_CONFIG}",
            description =
                    "Properties file with further settings of Kafka's clients: encryption and credentials (security.protocol, sasl.jaas.config, ssl.truststore.location).")
    @Nullable
    Path config;

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a file that cannot be read */
    Map<String, String> read() {
        return ClientSettingsFile.read("batch-config", config);
    }
}
