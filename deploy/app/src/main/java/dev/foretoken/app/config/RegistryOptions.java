package dev.foretoken.app.config;

import dev.foretoken.registry.RegistryConfig;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about where the registry is. */
public final class RegistryOptions {

    private static final String HOME = "FORETOKEN_HOME";

    @Option(
            names = "--registry",
            paramLabel = "DIR",
            defaultValue = "${env:FORETOKEN_REGISTRY}",
            description =
                    "Folder of the registry: database, blobs, jobs. Default: 'registry' in $FORETOKEN_HOME, else in ~/.foretoken.")
    @Nullable
    Path folder;

    @Option(
            names = "--database",
            paramLabel = "JDBC_URL",
            defaultValue = "${env:FORETOKEN_DATABASE}",
            description =
                    "Metadata in PostgreSQL instead of SQLite in that folder: jdbc:postgresql://HOST/NAME?user=... Better set by FORETOKEN_DATABASE when it holds a password.")
    @Nullable
    String database;

    /** @param environment of the process, for the default folder */
    public RegistryConfig config(Map<String, String> environment) {
        RegistryConfig config = RegistryConfig.at(folder == null ? defaultFolder(environment) : folder);
        return database == null || database.isEmpty() ? config : config.withMetadata(database);
    }

    private static Path defaultFolder(Map<String, String> environment) {
        String home = environment.getOrDefault(HOME, "");
        Path base = home.isEmpty() ? Path.of(System.getProperty("user.home"), ".foretoken") : Path.of(home);
        return base.resolve("registry");
    }
}
