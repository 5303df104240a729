package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.blob.ReachedBlobs;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.view.VariantView;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;

/**
 * The registry's bytes.
 *
 * @param blobs of everybody
 * @param local those on this machine, which views link to; the same where the blobs are a folder
 * @param home of the registry
 */
record Storage(BlobStore blobs, LocalBlobs local, Path home) implements AutoCloseable {

    static Storage open(RegistryConfig config, Clock clock) {
        LocalBlobs local = LocalBlobs.open(config.home().resolve("store"), clock);
        return new Storage(local, local, config.home());
    }

    Path views() {
        return home.resolve("views");
    }

    VariantManifest manifest(Digest digest) {
        return ReachedBlobs.manifest(blobs, digest);
    }

    /** As the manifest names it, whatever the database says. */
    VariantConfig config(VariantManifest manifest) {
        Digest digest = manifest.config().digest();
        return VariantConfigJson.parse(
                blobs.read(digest, Math.toIntExact(manifest.config().size()))
                        .orElseThrow(() -> new ForetokenException(
                                ErrorCode.MODEL_FILE_CORRUPT, "blob " + digest + " is missing from the store")));
    }

    VariantView view(VariantManifest manifest) {
        return VariantView.create(manifest, local, views());
    }

    /** Keeps all of them from collections while somebody makes them known; MODEL_FILE_CORRUPT when one is missing. */
    void renew(VariantManifest manifest, Digest digest) {
        Set<Digest> missing = blobs.renewAll(manifest.blobs().keySet());
        if (!missing.isEmpty() || !blobs.renew(digest)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "%d blobs of the variant are missing from the store: store its files again"
                            .formatted(Math.max(1, missing.size())));
        }
    }

    @Override
    public void close() {
        blobs.close();
    }
}
