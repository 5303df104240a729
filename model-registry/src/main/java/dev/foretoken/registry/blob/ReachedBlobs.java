package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.VariantManifest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Every blob that manifests reach, themselves included: its size, and the names of the roots that need it. Also reads one manifest, with
 * its configuration, out of a store.
 */
public final class ReachedBlobs {

    private static final int MAX_DOCUMENT = 4 << 20;

    /** {@code size}: in bytes as the manifest has it, or -1 for a manifest, whose size nobody states. */
    record Reached(long size, TreeSet<String> names) {}

    private final Map<Digest, Reached> blobs = new HashMap<>();

    private ReachedBlobs() {}

    /**
     * Reads a manifest and its configuration.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT when one of them is missing or damaged
     */
    public static VariantManifest manifest(BlobStore store, Digest manifest) {
        byte[] document = document(store, manifest, "manifest");
        Descriptor config = ManifestJson.configOf(document);
        return ManifestJson.parse(document, document(store, config.digest(), "configuration"));
    }

    /**
     * What the roots reach.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT naming the root whose manifest cannot be read
     */
    static ReachedBlobs of(BlobStore store, List<BlobRoot> roots) {
        ReachedBlobs reached = new ReachedBlobs();
        for (BlobRoot root : roots) {
            try {
                reached.add(root, manifest(store, root.manifest()));
            } catch (ForetokenException e) {
                throw new ForetokenException(e.code(), root.name() + ": " + e.getMessage(), e);
            }
        }
        return reached;
    }

    static ReachedBlobs none() {
        return new ReachedBlobs();
    }

    void add(BlobRoot root, VariantManifest manifest) {
        addManifest(root);
        manifest.blobs().forEach((digest, size) -> add(digest, size, root.name()));
    }

    /** The manifest alone, for a root whose manifest cannot be read. */
    void addManifest(BlobRoot root) {
        add(root.manifest(), -1L, root.name());
    }

    private void add(Digest digest, long size, String name) {
        blobs.merge(digest, new Reached(size, new TreeSet<>(List.of(name))), (old, more) -> {
            old.names().addAll(more.names());
            return new Reached(Math.max(old.size(), more.size()), old.names());
        });
    }

    boolean contains(Digest digest) {
        return blobs.containsKey(digest);
    }

    Map<Digest, Reached> blobs() {
        return blobs;
    }

    /** Sorted; empty for a blob that nothing reaches. */
    List<String> names(Digest digest) {
        Reached found = blobs.get(digest);
        return found == null ? List.of() : List.copyOf(found.names());
    }

    private static byte[] document(BlobStore store, Digest digest, String what) {
        return store.read(digest, MAX_DOCUMENT)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "its " + what + " " + digest + " is missing from the store"));
    }
}
