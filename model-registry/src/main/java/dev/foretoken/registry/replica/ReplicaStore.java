package dev.foretoken.registry.replica;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.CachedBlobs;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.remote.DiskRoom;
import dev.foretoken.registry.view.VariantView;
import dev.foretoken.registry.view.ViewFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies on this machine. */
final class ReplicaStore implements AutoCloseable {

    private static final int MAX_DOCUMENT = RemoteBlobs.MAX_DOCUMENT;
    /** Kept free beside what is fetched. */
    private static final long SPARE_BYTES = 64L << 20;
    /** Of views that an earlier process has left. */
    private static final Duration LEFTOVER = Duration.ofDays(1);

    /** What a variant consists of, by the digest of its manifest. */
    record Content(VariantManifest manifest, VariantConfig config) {}

    private final Path home;
    private final LocalBlobs local;
    private final CachedBlobs cache;

    ReplicaStore(ReplicaConfig config, RegistryApi api, Clock clock) {
        home = config.home();
        try {
            Files.createDirectories(home);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the folder for copies of the registry cannot be made: " + home
                            + "; name one that can be written with --registry",
                    e);
        }
        local = LocalBlobs.open(home.resolve("store"), clock);
        cache = new CachedBlobs(new RemoteBlobs(api), local, config.cacheBytes(), clock);
        Instant before = clock.instant().minus(LEFTOVER);
        new ViewFolder(views()).removeOthers(Set.of(), before);
    }

    private Path views() {
        return home.resolve("views");
    }

    /** Believed because its digest is. @throws ForetokenException MODEL_FILE_CORRUPT, REGISTRY_UNAVAILABLE */
    Content content(Digest manifest) {
        byte[] document = document(manifest);
        Descriptor config = ManifestJson.configOf(document);
        byte[] text = document(config.digest());
        return new Content(ManifestJson.parse(document, text), VariantConfigJson.parse(text));
    }

    /** A damaged copy is fetched again, once. */
    private byte[] document(Digest digest) {
        try {
            return read(digest);
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT || !local.has(digest)) {
                throw e;
            }
            local.setAside(digest);
            return read(digest);
        }
    }

    private byte[] read(Digest digest) {
        try (InputStream in = cache.open(digest)) {
            byte[] bytes = in.readNBytes(MAX_DOCUMENT + 1);
            if (bytes.length > MAX_DOCUMENT) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        digest + " has more than " + MAX_DOCUMENT + " bytes for a document");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + digest, e);
        }
    }

    /** A folder with the manifest's files; what is missing is fetched, one after the other, and stays for as long as the folder does. */
    VariantView view(VariantManifest manifest, LoadProgress progress) {
        Map<Digest, Long> missing = new java.util.TreeMap<>(parts(manifest));
        missing.keySet().removeIf(local::has);
        long total = missing.values().stream().mapToLong(Long::longValue).sum();
        requireRoom(total);
        List<CachedBlobs.Pin> pins = new ArrayList<>();
        try {
            long done = 0;
            for (Map.Entry<Digest, Long> part : parts(manifest).entrySet()) {
                pins.add(ScopedValue.where(RemoteBlobs.SIZE, part.getValue())
                        .call(() -> cache.pin(List.of(part.getKey()))));
                done += missing.getOrDefault(part.getKey(), 0L);
                progress.update("fetching", done, Math.max(1, total));
            }
            return VariantView.create(manifest, local, views());
        } finally {
            pins.forEach(CachedBlobs.Pin::close);
        }
    }

    private static Map<Digest, Long> parts(VariantManifest manifest) {
        Map<Digest, Long> parts = new java.util.TreeMap<>();
        manifest.files().forEach(file -> file.parts().forEach(part -> parts.put(part.digest(), part.size())));
        return parts;
    }

    private void requireRoom(long bytes) {
        if (bytes == 0) {
            return;
        }
        try {
            DiskRoom.require(home, bytes + SPARE_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("looking for room on the disk", e);
        }
    }

    /** Reads every byte that was not read since its file was last written to; a damaged copy is fetched again, once. */
    VariantView check(VariantManifest manifest, LoadProgress progress) {
        try {
            return checked(manifest, progress);
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                throw e;
            }
            drop(Digest.of(ManifestJson.write(manifest)));
            parts(manifest).keySet().stream().filter(this::damaged).forEach(local::setAside);
            return checked(manifest, progress);
        }
    }

    private VariantView checked(VariantManifest manifest, LoadProgress progress) {
        VariantView view = view(manifest, progress);
        view.verify(local.sound(), Runtime.getRuntime().availableProcessors(), progress);
        return view;
    }

    private boolean damaged(Digest digest) {
        if (!local.has(digest)) {
            return false;
        }
        try (InputStream in = local.open(digest)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return false;
        } catch (IOException | ForetokenException e) {
            return true;
        }
    }

    /** Its copies may go from now on; what a runtime has mapped stays its own. */
    void drop(Digest manifest) {
        new ViewFolder(views()).remove(manifest);
    }

    @Override
    public void close() {
        cache.close();
    }
}
