package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * A remote store with a bounded folder in front: the remote one decides what there is, the folder holds what this machine reads. Evicted is
 * what was not used for longest; never what is pinned, nor what has a second name, because that would free nothing, nor what was used a
 * moment ago, because another process may be about to link it. So these may take the folder over its bound.
 */
public final class CachedBlobs implements BlobStore {

    private static final Duration MOMENT = Duration.ofMinutes(5);

    private final BlobStore remote;
    private final LocalBlobs local;
    private final long maxBytes;
    private final Clock clock;
    private final Map<Digest, Integer> pins = new HashMap<>();
    /** Guards the pins and the evictions: a blob is pinned before it is fetched, and looked up in the pins before it is evicted. */
    private final ReentrantLock lock = new ReentrantLock();

    /** {@code maxBytes}: of blobs in the folder that may be evicted. */
    public CachedBlobs(BlobStore remote, LocalBlobs local, long maxBytes, Clock clock) {
        this.remote = remote;
        this.local = local;
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /** Blobs that stay in the folder until this is closed. */
    public interface Pin extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Fetches what is missing from the folder and keeps it there.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT when the remote store lacks one; then nothing is pinned
     */
    public Pin pin(Iterable<Digest> digests) {
        Set<Digest> pinned = new TreeSet<>();
        digests.forEach(pinned::add);
        count(pinned, 1);
        try {
            pinned.forEach(this::fetch);
        } catch (RuntimeException e) {
            count(pinned, -1);
            throw e;
        }
        return new Pin() {
            private boolean open = true;

            @Override
            public void close() {
                if (open) {
                    open = false;
                    count(pinned, -1);
                    evict();
                }
            }
        };
    }

    /** The store behind, for a check of what it holds. */
    public BlobStore remote() {
        return remote;
    }

    /** The folder in front. */
    public LocalBlobs folder() {
        return local;
    }

    private void count(Set<Digest> digests, int step) {
        lock.lock();
        try {
            for (Digest digest : digests) {
                pins.merge(digest, step, (a, b) -> a + b == 0 ? null : a + b);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The blob's file, fetched when it is not there. Whoever keeps the path has pinned it. */
    public Path local(Digest digest) {
        fetch(digest);
        return local.local(digest);
    }

    /** Gives the blob a second name on the folder's file system. */
    public void link(Digest digest, Path name) {
        Pin pin = pin(List.of(digest));
        try (pin) {
            local.link(digest, name);
        }
    }

    private void fetch(Digest digest) {
        if (!local.renew(digest)) {
            copy(digest, remote, local);
            evict();
        }
    }

    /** Removes the longest unused until the folder keeps its bound. */
    private void evict() {
        lock.lock();
        try (Stream<StoredBlob> listed = local.list()) {
            Instant before = clock.instant().minus(MOMENT);
            List<StoredBlob> blobs = listed.filter(this::evictable)
                    .sorted(Comparator.comparing(StoredBlob::renewed))
                    .toList();
            long bytes = blobs.stream().mapToLong(StoredBlob::size).sum();
            for (StoredBlob blob : blobs) {
                if (bytes > maxBytes && local.deleteIfOlder(blob.digest(), before)) {
                    bytes -= blob.size();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean evictable(StoredBlob blob) {
        return !pins.containsKey(blob.digest()) && !local.linked(blob.digest());
    }

    /** Written to the folder first; committed when the remote store has it too. */
    @Override
    public BlobWriter begin() {
        return new CachedWriter(local.begin(), this::upload);
    }

    private void upload(Digest digest) {
        count(Set.of(digest), 1);
        try {
            if (!remote.renew(digest)) {
                copy(digest, local, remote);
            }
        } finally {
            count(Set.of(digest), -1);
        }
        evict();
    }

    private static void copy(Digest digest, BlobStore from, BlobStore to) {
        try (InputStream in = from.open(digest);
                BlobWriter writer = to.begin()) {
            in.transferTo(writer);
            writer.commit(digest);
        } catch (IOException e) {
            throw BlobErrors.io("copying blob " + digest, e);
        }
    }

    @Override
    public boolean has(Digest digest) {
        return remote.has(digest);
    }

    @Override
    public long size(Digest digest) {
        return local.has(digest) ? local.size(digest) : remote.size(digest);
    }

    @Override
    public InputStream open(Digest digest) {
        fetch(digest);
        return local.open(digest);
    }

    @Override
    public boolean renew(Digest digest) {
        return remote.renew(digest);
    }

    @Override
    public void delete(Digest digest) {
        remote.delete(digest);
        local.delete(digest);
    }

    /** The age is that in the remote store; the copy goes with the blob, unless it is pinned. */
    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        boolean deleted = remote.deleteIfOlder(digest, before);
        lock.lock();
        try {
            if (deleted && !pins.containsKey(digest)) {
                local.delete(digest);
            }
        } finally {
            lock.unlock();
        }
        return deleted;
    }

    @Override
    public Stream<StoredBlob> list() {
        return remote.list();
    }

    @Override
    public void setAside(Digest digest) {
        remote.setAside(digest);
        local.setAside(digest);
    }

    @Override
    public void close() {
        remote.close();
        local.close();
    }
}
