package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads every blob and says which are damaged or missing, and which variants that concerns. For one thread. */
public final class BlobCheck {

    private static final int READ_BYTES = 1 << 17;

    private final BlobStore store;
    private final List<Finding> findings = new ArrayList<>();

    public BlobCheck(BlobStore store) {
        this.store = store;
    }

    public enum Kind {
        /** Its bytes are not those of its digest. */
        DAMAGED,
        /** It has not the size that a manifest states. */
        WRONG_SIZE,
        /** A manifest names it, the store has it not. */
        MISSING,
        /** A manifest or configuration has its digest, but is none that this version can read. */
        UNREADABLE,
        /** A file in the store's folder whose name or place is no blob's. */
        STRAY,
    }

    /**
     * One thing that is wrong.
     *
     * @param what the blob's digest, or the stray file's name in the store
     * @param detail a sentence
     * @param names the variants that need it, sorted
     */
    public record Finding(Kind kind, String what, String detail, List<String> names) {}

    /** @param bytes read */
    public record Report(long blobs, long bytes, List<Finding> findings) {}

    /**
     * Checks everything.
     *
     * @param setAside moves damaged blobs out of the way, so that an import of the same files heals the variants
     */
    public Report check(List<BlobRoot> roots, boolean setAside, LoadProgress progress) {
        findings.clear();
        ReachedBlobs reached = reached(roots);
        Map<Digest, Long> listed = listed();
        long total = listed.values().stream().mapToLong(Long::longValue).sum();
        long done = 0;
        for (Map.Entry<Digest, Long> blob : listed.entrySet()) {
            progress.update("checking blobs", done, total);
            checkBytes(blob.getKey(), blob.getValue(), reached, setAside);
            done += blob.getValue();
        }
        progress.update("checking blobs", total, total);
        new TreeMap<>(reached.blobs()).forEach((digest, wanted) -> checkPresent(digest, wanted, listed));
        store.strays().forEach(name -> add(Kind.STRAY, name, "it is no blob and can be removed", List.of()));
        return new Report(listed.size(), total, List.copyOf(findings));
    }

    private ReachedBlobs reached(List<BlobRoot> roots) {
        ReachedBlobs reached = ReachedBlobs.none();
        for (BlobRoot root : roots) {
            try {
                reached.add(root, ReachedBlobs.manifest(store, root.manifest()));
            } catch (ForetokenException e) {
                if (e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                    throw e;
                }
                reached.addManifest(root);
                add(Kind.UNREADABLE, root.manifest().toString(), "" + e.getMessage(), List.of(root.name()));
            }
        }
        return reached;
    }

    private Map<Digest, Long> listed() {
        Map<Digest, Long> out = new HashMap<>();
        try (Stream<StoredBlob> blobs = store.list()) {
            blobs.forEach(blob -> out.put(blob.digest(), blob.size()));
        }
        return new TreeMap<>(out);
    }

    private void checkBytes(Digest digest, long size, ReachedBlobs reached, boolean setAside) {
        if (!store.has(digest)) {
            return;
        }
        try (InputStream in = store.open(digest)) {
            byte[] buffer = new byte[READ_BYTES];
            while (in.read(buffer) >= 0) {
                // Reading to the end compares the digest.
            }
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT) {
                throw e;
            }
            if (setAside) {
                store.setAside(digest);
            }
            add(kind(digest, size, reached), digest.toString(), detail(e, setAside), reached.names(digest));
        } catch (IOException e) {
            throw BlobErrors.io("reading blob " + digest, e);
        }
    }

    private static Kind kind(Digest digest, long size, ReachedBlobs reached) {
        ReachedBlobs.Reached wanted = reached.blobs().get(digest);
        return wanted != null && wanted.size() >= 0 && wanted.size() != size ? Kind.WRONG_SIZE : Kind.DAMAGED;
    }

    private static String detail(ForetokenException e, boolean setAside) {
        return setAside ? e.getMessage() + " (it was set aside: import the model again)" : "" + e.getMessage();
    }

    private void checkPresent(Digest digest, ReachedBlobs.Reached wanted, Map<Digest, Long> listed) {
        Long size = listed.get(digest);
        if (size == null && !store.has(digest)) {
            add(
                    Kind.MISSING,
                    digest.toString(),
                    "" + BlobErrors.missing(digest).getMessage(),
                    List.copyOf(wanted.names()));
        } else if (size != null && wanted.size() >= 0 && wanted.size() != size && !known(digest)) {
            String detail = "it has " + size + " bytes, the manifest says " + wanted.size();
            add(Kind.WRONG_SIZE, digest.toString(), detail, List.copyOf(wanted.names()));
        }
    }

    private boolean known(Digest digest) {
        return findings.stream().anyMatch(finding -> finding.what().equals(digest.toString()));
    }

    private void add(Kind kind, String what, String detail, List<String> names) {
        findings.add(new Finding(kind, what, detail, names));
    }
}
