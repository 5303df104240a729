package dev.foretoken.registry.blob;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Garbage collection by mark and sweep, while imports run. Candidates are listed first and the roots asked for afterwards, so a variant
 * that becomes known in between keeps its blobs. An import whose variant is not known yet keeps its blobs by their age: it must have put or
 * {@linkplain BlobStore#renewAll renewed} all of them less than the grace period before its variant becomes known.
 */
public final class BlobCollection {

    /** Long enough for an import between its last renewal and its commit. */
    public static final Duration DEFAULT_GRACE = Duration.ofHours(1);

    private final BlobStore store;
    private final Clock clock;

    public BlobCollection(BlobStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * What a collection did.
     *
     * @param reached blobs that roots need
     * @param young blobs that nothing reaches, kept because of their age
     * @param removed blobs
     * @param bytes of the blobs removed
     */
    public record Report(long reached, long young, long removed, long bytes) {}

    /**
     * Removes every blob that no root reaches and that was put and renewed before the grace period.
     *
     * @param roots every manifest that must stay; asked once, after the listing
     * @throws ForetokenException MODEL_FILE_CORRUPT when a root's manifest cannot be read: nothing is removed then, because nobody knows
     *     what it reaches
     */
    public Report collect(Supplier<List<BlobRoot>> roots, Duration grace, LoadProgress progress) {
        Instant before = clock.instant().minus(grace);
        List<StoredBlob> listed = listed();
        ReachedBlobs reached = ReachedBlobs.of(store, roots.get());
        long young = 0;
        long removed = 0;
        long bytes = 0;
        long kept = 0;
        for (int i = 0; i < listed.size(); i++) {
            StoredBlob blob = listed.get(i);
            progress.update("collecting garbage", i, listed.size());
            if (reached.contains(blob.digest())) {
                kept++;
            } else if (blob.renewed().isBefore(before) && store.deleteIfOlder(blob.digest(), before)) {
                removed++;
                bytes += blob.size();
            } else {
                young++;
            }
        }
        progress.update("collecting garbage", listed.size(), listed.size());
        return new Report(kept, young, removed, bytes);
    }

    private List<StoredBlob> listed() {
        try (Stream<StoredBlob> blobs = store.list()) {
            return blobs.toList();
        }
    }
}
