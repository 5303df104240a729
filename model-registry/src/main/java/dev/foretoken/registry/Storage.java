package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.CachedBlobs;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.blob.ReachedBlobs;
import dev.foretoken.registry.blob.S3Blobs;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.view.VariantView;
import dev.foretoken.registry.view.ViewFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The registry's bytes.
 *
 * @param local blobs on this machine, which views link to; all there are unless there is a cache
 * @param cache in front of a bucket
 * @param home of the registry
 */
record Storage(LocalBlobs local, Optional<CachedBlobs> cache, Path home) implements AutoCloseable {

    static Storage open(RegistryConfig config, Clock clock) {
        Path home = config.home();
        LocalBlobs local = LocalBlobs.open(home.resolve("store"), clock);
        return switch (config.blobs()) {
            case RegistryConfig.BlobPlace.Folder _ -> new Storage(local, Optional.empty(), home);
            case RegistryConfig.BlobPlace.Bucket bucket -> {
                S3Blobs remote = S3Blobs.open(bucket.location(), home.resolve("uploads"));
                yield new Storage(local, Optional.of(new CachedBlobs(remote, local, bucket.cacheBytes(), clock)), home);
            }
        };
    }

    /** Of everybody. */
    BlobStore blobs() {
        return cache.<BlobStore>map(cached -> cached).orElse(local);
    }

    /** Where what was lost is lost: a copy on this machine is not looked at. */
    BlobStore kept() {
        return cache.map(CachedBlobs::remote).orElse(local);
    }

    Path views() {
        return home.resolve("views");
    }

    /** A copy on this machine that a disk has damaged is passed over. */
    VariantManifest manifest(Digest digest) {
        try {
            return ReachedBlobs.manifest(blobs(), digest);
        } catch (ForetokenException e) {
            if (cache.isEmpty() || e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                throw e;
            }
            return ReachedBlobs.manifest(kept(), digest);
        }
    }

    /** As the manifest names it, whatever the database says. */
    VariantConfig config(VariantManifest manifest) {
        Digest digest = manifest.config().digest();
        int size = Math.toIntExact(manifest.config().size());
        return VariantConfigJson.parse(read(digest, size)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "blob " + digest + " is missing from the store")));
    }

    private Optional<byte[]> read(Digest digest, int size) {
        try {
            return blobs().read(digest, size);
        } catch (ForetokenException e) {
            if (cache.isEmpty() || e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                throw e;
            }
            return kept().read(digest, size);
        }
    }

    /** Fetched where it is kept elsewhere. */
    Optional<Path> file(Digest digest) {
        if (cache.isEmpty()) {
            return local.has(digest) ? Optional.of(local.local(digest)) : Optional.empty();
        }
        return local.has(digest) || kept().has(digest) ? Optional.of(cache.get().local(digest)) : Optional.empty();
    }

    /** Its links keep what they link to on this machine. */
    VariantView view(VariantManifest manifest) {
        if (cache.isEmpty()) {
            return VariantView.create(manifest, local, views());
        }
        try (CachedBlobs.Pin _ = cache.get().pin(manifest.blobs().keySet())) {
            return VariantView.create(manifest, local, views());
        }
    }

    /** Forgets a view that turned out damaged, and damaged copies of what is kept elsewhere: the next view is made of sound blobs. */
    void forget(VariantManifest manifest, Digest digest) {
        new ViewFolder(views()).remove(digest);
        if (cache.isPresent()) {
            Stream.concat(Stream.of(digest), manifest.blobs().keySet().stream())
                    .filter(this::damagedHere)
                    .forEach(local::setAside);
        }
    }

    private boolean damagedHere(Digest blob) {
        if (!local.has(blob)) {
            return false;
        }
        try (InputStream in = local.open(blob)) {
            in.transferTo(OutputStream.nullOutputStream());
            return false;
        } catch (IOException | ForetokenException e) {
            return true;
        }
    }

    /** Keeps all of them from collections while somebody makes them known; MODEL_FILE_CORRUPT when one is missing. */
    void renew(VariantManifest manifest, Digest digest) {
        Set<Digest> missing = blobs().renewAll(manifest.blobs().keySet());
        if (!missing.isEmpty() || !blobs().renew(digest)) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "%d blobs of the variant are missing from the store: store its files again"
                            .formatted(Math.max(1, missing.size())));
        }
    }

    @Override
    public void close() {
        blobs().close();
    }
}
