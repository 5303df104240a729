package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.BlobWriter;
import dev.foretoken.registry.blob.StoredBlob;
import dev.foretoken.registry.content.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A store in memory that can be told to fail, and tells when a blob is begun. For one thread. */
final class MemoryBlobs implements BlobStore {

    final Map<Digest, byte[]> blobs = new TreeMap<>();
    Runnable whenBegun = () -> {};
    int room = Integer.MAX_VALUE;

    @Override
    public BlobWriter begin() {
        whenBegun.run();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        return new BlobWriter() {
            @Override
            public void write(byte[] from, int offset, int length) {
                bytes.write(from, offset, length);
            }

            @Override
            public long written() {
                return bytes.size();
            }

            @Override
            public Digest digest() {
                return Digest.of(bytes.toByteArray());
            }

            @Override
            public Digest commit() {
                room--;
                if (room < 0) {
                    throw new ForetokenException(ErrorCode.STORAGE_FULL, "full");
                }
                Digest digest = Digest.of(bytes.toByteArray());
                blobs.put(digest, bytes.toByteArray());
                return digest;
            }

            @Override
            public Digest commit(Digest expected) {
                if (!Digest.of(bytes.toByteArray()).equals(expected)) {
                    throw new AssertionError("other bytes than said");
                }
                return commit();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public boolean has(Digest digest) {
        return blobs.containsKey(digest);
    }

    @Override
    public long size(Digest digest) {
        return blobs.get(digest).length;
    }

    @Override
    public InputStream open(Digest digest) {
        return new ByteArrayInputStream(blobs.get(digest));
    }

    @Override
    public boolean renew(Digest digest) {
        return has(digest);
    }

    @Override
    public void delete(Digest digest) {
        blobs.remove(digest);
    }

    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        return false;
    }

    @Override
    public Stream<StoredBlob> list() {
        return blobs.entrySet().stream().map(e -> new StoredBlob(e.getKey(), e.getValue().length, Instant.EPOCH));
    }
}
