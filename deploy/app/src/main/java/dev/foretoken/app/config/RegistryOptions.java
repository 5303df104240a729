package dev.foretoken.app.config;

import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.trust.TrustPolicy;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about where the registry is. */
public final class RegistryOptions {

    private static final String HOME = "FORETOKEN_HOME";

    /** Copies of blobs that no view needs: a few models of the size that one machine serves. */
    private static final long CACHE_BYTES = 64L << 30;

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

    @Option(
            names = "--blobs",
            paramLabel = "S3_URL",
            defaultValue = "${env:FORETOKEN_BLOBS}",
            description =
                    "Blobs in object storage instead of that folder: s3://BUCKET/PREFIX?endpoint=URL&region=NAME. Credentials come from the environment, as for AWS's own tools.")
    @Nullable
    String blobs;

    @Option(
            names = "--signatures",
            paramLabel = "POLICY",
            defaultValue = "${env:FORETOKEN_SIGNATURES:-none}",
            description =
                    "What becomes of variants that no trusted key has signed: none (nobody looks), warn or require (not loaded, no alias). Default: ${DEFAULT-VALUE}.")
    String signatures = "none";

    @Option(
            names = "--trusted-keys",
            paramLabel = "DIR",
            defaultValue = "${env:FORETOKEN_TRUSTED_KEYS}",
            description = "Public keys (*.pub, *.pem) that are believed. Default: 'keys' in the registry's folder.")
    @Nullable
    Path trustedKeys;

    /** @param environment of the process, for the default folder */
    public RegistryConfig config(Map<String, String> environment) {
        Path home = folder == null || folder.toString().isEmpty() ? defaultFolder(environment) : folder;
        RegistryConfig config = RegistryConfig.at(home)
                .withTrust(
                        TrustPolicy.parse(signatures),
                        trustedKeys == null || trustedKeys.toString().isEmpty() ? home.resolve("keys") : trustedKeys);
        if (blobs != null && !blobs.isEmpty()) {
            config = config.withBlobs(new RegistryConfig.BlobPlace.Bucket(S3Location.parse(blobs), CACHE_BYTES));
        }
        return database == null || database.isEmpty() ? config : config.withMetadata(database);
    }

    private static Path defaultFolder(Map<String, String> environment) {
        String home = environment.getOrDefault(HOME, "");
        Path base = home.isEmpty() ? Path.of(System.getProperty("user.home"), ".foretoken") : Path.of(home);
        return base.resolve("registry");
    }
}
