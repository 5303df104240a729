package dev.foretoken.registry;

import dev.foretoken.registry.job.JobSettings;
import dev.foretoken.registry.trust.TrustPolicy;
import java.nio.file.Path;

/**
 * Where a registry keeps what it knows, and whom it believes.
 *
 * @param home folder of the database, of blobs, views and jobs; made when it is not there
 * @param jdbcUrl of the metadata; empty: SQLite in {@code home}
 * @param trust what becomes of variants without a signature by a trusted key
 * @param trustedKeys folder of public keys; need not be there
 */
public record RegistryConfig(Path home, String jdbcUrl, TrustPolicy trust, Path trustedKeys, JobSettings jobs) {

    /** Everything in one folder, signatures not looked at. */
    public static RegistryConfig at(Path home) {
        return new RegistryConfig(home, "", TrustPolicy.NONE, home.resolve("keys"), JobSettings.DEFAULTS);
    }

    /** The same with its metadata elsewhere: {@code jdbc:postgresql://HOST/NAME?user=...&password=...}. */
    public RegistryConfig withMetadata(String url) {
        return new RegistryConfig(home, url, trust, trustedKeys, jobs);
    }

    public RegistryConfig withTrust(TrustPolicy policy, Path keys) {
        return new RegistryConfig(home, jdbcUrl, policy, keys, jobs);
    }

    public RegistryConfig withJobs(JobSettings settings) {
        return new RegistryConfig(home, jdbcUrl, trust, trustedKeys, settings);
    }

    String metadataUrl() {
        return jdbcUrl.isEmpty() ? "jdbc:sqlite:" + home.resolve("registry.db") : jdbcUrl;
    }
}
