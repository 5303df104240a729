package dev.foretoken.registry.oci;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import java.util.List;

/**
 * A variant that was pulled, whole and checked; all its blobs are in the store, the manifest's and the configuration's included. No metadata
 * names it yet, so a collection removes it unless something does soon.
 *
 * @param from with the manifest's digest
 * @param manifestBytes as they were pushed: signatures are over their digest
 * @param config as it was pushed: its provenance is the pusher's
 * @param signatures bundles that were attached, not judged yet
 */
public record PulledVariant(
        OciReference from,
        VariantManifest manifest,
        byte[] manifestBytes,
        VariantConfig config,
        List<byte[]> signatures) {

    public PulledVariant {
        signatures = List.copyOf(signatures);
    }

    public Digest digest() {
        return Digest.of(manifestBytes);
    }
}
