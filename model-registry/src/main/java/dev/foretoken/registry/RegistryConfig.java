package dev.foretoken.registry;

import java.nio.file.Path;

/**
 * Where a registry keeps what it knows.
 *
 * @param home folder of the database, of blobs, views and jobs; made when it is not there
 * @param jdbcUrl of the metadata; empty: SQLite in {@code home}
 */
public record RegistryConfig(Path home, String jdbcUrl) {

    /** Everything in one folder. */
    public static RegistryConfig at(Path home) {
        return new RegistryConfig(home, "");
    }

    /** The same with its metadata elsewhere: {@code jdbc:postgresql://HOST/NAME?user=...&password=...}. */
    public RegistryConfig withMetadata(String url) {
        return new RegistryConfig(home, url);
    }

    String metadataUrl() {
        return jdbcUrl.isEmpty() ? "jdbc:sqlite:" + home.resolve("registry.db") : jdbcUrl;
    }
}
