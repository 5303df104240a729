package dev.foretoken.app.config;

import dev.foretoken.gateway.AdminConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the port on which the registry is changed. */
public final class AdminOptions {

    private static final String ADMIN_KEY = "FORETOKEN_ADMIN_KEY";

    @Option(
            names = "--admin-port",
            defaultValue = "${env:FORETOKEN_ADMIN_PORT:-8081}",
            description =
                    "HTTP port on which the registry is changed (/registry/v1); 0 = any free one. Default: ${DEFAULT-VALUE}.")
    int port = 8081;

    @Option(
            names = "--admin-host",
            defaultValue = "${env:FORETOKEN_ADMIN_HOST:-127.0.0.1}",
            description =
                    "Address of that port; any but a loopback address needs an admin key. Default: ${DEFAULT-VALUE}.")
    String host = "127.0.0.1";

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            description =
                    "Key that operators must present there as a bearer token; callers' API keys do not open it. Better use --admin-key-file or FORETOKEN_ADMIN_KEY.")
    List<String> keys = List.of();

    @Option(
            names = "--admin-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_ADMIN_KEY_FILE}",
            description = "File with one such key a line.")
    @Nullable
    Path keyFile;

    /** @param environment of the process: the key that was not given as option */
    AdminConfig config(Map<String, String> environment) {
        List<String> all = new ArrayList<>(keys);
        if (keyFile != null) {
            all.addAll(new SecretFile("admin-key-file", keyFile).read());
        }
        String own = environment.getOrDefault(ADMIN_KEY, "");
        if (all.isEmpty() && !own.isEmpty()) {
            all.add(own);
        }
        return new AdminConfig(host, port, all, List.of());
    }
}
