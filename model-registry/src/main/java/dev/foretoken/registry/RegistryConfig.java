package dev.foretoken.registry;

import dev.foretoken.registry.blob.S3Location;
import dev.foretoken.registry.job.JobSettings;
import dev.foretoken.registry.trust.TrustPolicy;
import java.nio.file.Path;

/**
 * Where a registry keeps what it knows, and whom it believes.
 *
 * @param home folder of the database, of blobs, views and jobs; made when it is not there
 * @param jdbcUrl of the metadata; empty: SQLite in {@code home}
 * @param blobs where the bytes are; in {@code home} unless it says otherwise
 * @param trust what becomes of variants without a signature by a trusted key
 * @param trustedKeys folder of public keys; need not be there
 */
public record RegistryConfig(
        Path home, String jdbcUrl, BlobPlace blobs, TrustPolicy trust, Path trustedKeys, JobSettings jobs) {

    /** Where blobs are kept for everybody. */
    public sealed interface BlobPlace {
        /** In {@code home}. */
        record Folder() implements BlobPlace {}

        /**
         * In S3-compatible object storage, with copies in {@code home} of what this machine reads.
         *
         * @param location {@code s3://BUCKET/PREFIX?endpoint=...}
         * @param cacheBytes of copies that no view needs
         */
        record Bucket(S3Location location, long cacheBytes) implements BlobPlace {}
    }

    /** Everything in one folder, signatures not looked at. */
    public static RegistryConfig at(Path home) {
        return new RegistryConfig(
                home, "", new BlobPlace.Folder(), TrustPolicy.NONE, home.resolve("keys"), JobSettings.DEFAULTS);
    }

    /** The same with its metadata elsewhere: {@code jdbc:postgresql://HOST/NAME?user=...&password=...}. */
    public RegistryConfig withMetadata(String url) {
        return new RegistryConfig(home, url, blobs, trust, trustedKeys, jobs);
    }

    /** The same with its blobs elsewhere. */
    public RegistryConfig withBlobs(BlobPlace place) {
        return new RegistryConfig(home, jdbcUrl, place, trust, trustedKeys, jobs);
    }

    public RegistryConfig withTrust(TrustPolicy policy, Path keys) {
        return new RegistryConfig(home, jdbcUrl, blobs, policy, keys, jobs);
    }

    String metadataUrl() {
        return jdbcUrl.isEmpty() ? "jdbc:sqlite:" + home.resolve("registry.db") : jdbcUrl;
    }
}
