package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;

/**
 * How registries are spoken to.
 *
 * @param rules the registries, and the hosts that they send to for tokens and downloads
 * @param chunkBytes blobs above it are uploaded in pieces of this size, so that a break does not cost the whole
 */
public record OciConfig(HostRules rules, RemoteLimits limits, OciCredentials credentials, int chunkBytes) {

    /** What most registries take in one piece. */
    public static final int CHUNK_BYTES = 16 << 20;

    public OciConfig {
        if (chunkBytes < 1) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "chunkBytes=" + chunkBytes + ", must be at least 1");
        }
    }

    public OciConfig(HostRules rules, OciCredentials credentials) {
        this(rules, RemoteLimits.defaults(), credentials, CHUNK_BYTES);
    }
}
