package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.gateway.AdminConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about the port of operators, which a key opens and nothing else. */
public final class AdminOptions {

    private static final String ADMIN_KEY = "FORETOKEN_ADMIN_KEY";
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int DEFAULT_PORT = 8081;

    private static final String HAVING_A_KEY =
            "given with an admin key (--admin-key-file FILE, or FORETOKEN_ADMIN_KEY): without one that port stays closed";
    private static final String HAVING_IT =
            "given where there is that port, which is role gateway, registry, or all without --with-pod";

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            defaultValue = "${env:FORETOKEN_ADMIN_PORT}",
            description =
                    "HTTP port on which operators change the registry (/registry/v1) and see decisions and rollouts (/admin/v1), in every role but runtime, and not with --with-pod; 0 = any free one. Closed without an admin key. Refused where it is given without one, or where there is no such port. Default with a key: 8081.")
    @Nullable
    Integer port;

    @Option(
            names = "--admin-host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:FORETOKEN_ADMIN_HOST}",
            description = "Address of that port, refused likewise. Default with a key: 127.0.0.1.")
    @Nullable
    String host;

    @Option(
            names = "--admin-key",
            paramLabel = "KEY",
            description =
                    "Opens that port to operators who present this key as a bearer token; callers' API keys do not open it. Better use --admin-key-file or FORETOKEN_ADMIN_KEY.")
    List<String> keys = List.of();

    @Option(
            names = "--admin-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_ADMIN_KEY_FILE}",
            description = "File with one such key a line.")
    @Nullable
    Path keyFile;

    /**
     * Where operators come in; empty without a key.
     *
     * @param hasRegistry whether the process has that port; a key, which many processes may be given alike, is then not used
     * @param environment of the process: the key that was not given as option
     */
    Optional<AdminConfig> config(boolean hasRegistry, Map<String, String> environment) {
        if (!hasRegistry) {
            requireNone(HAVING_IT);
        }
        List<String> all = keys(environment);
        if (all.isEmpty()) {
            requireNone(HAVING_A_KEY);
            return Optional.empty();
        }
        return Optional.of(new AdminConfig(
                host == null ? DEFAULT_HOST : host, port == null ? DEFAULT_PORT : port, all, List.of()));
    }

    private void requireNone(String expected) {
        require(port == null, "admin-port", String.valueOf(port), expected);
        require(host == null, "admin-host", String.valueOf(host), expected);
    }

    private List<String> keys(Map<String, String> environment) {
        List<String> all = new ArrayList<>(keys);
        if (keyFile != null) {
            all.addAll(new SecretFile("admin-key-file", keyFile).read());
        }
        String own = environment.getOrDefault(ADMIN_KEY, "");
        if (all.isEmpty() && !own.isEmpty()) {
            all.add(own);
        }
        return all;
    }
}
