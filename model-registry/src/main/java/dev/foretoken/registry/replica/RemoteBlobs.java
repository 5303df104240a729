package dev.foretoken.registry.replica;

import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.BlobWriter;
import dev.foretoken.registry.blob.ResumedStream;
import dev.foretoken.registry.blob.StoredBlob;
import dev.foretoken.registry.content.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** A registry's blobs, to be read: whoever copies them compares digests. What changes blobs is the registry's own. */
record RemoteBlobs(RegistryApi api) implements BlobStore {

    /** Goes on where a connection broke off. */
    @Override
    public InputStream open(Digest digest) {
        String path = "/blobs/" + digest;
        try {
            return new Named(new ResumedStream(api.open(path, 0), offset -> rest(path, offset)), api);
        } catch (IOException e) {
            throw api.away(e);
        }
    }

    /** Empty: the registry cannot be reached again just now, and the reader is told of the first failure. */
    private Optional<InputStream> rest(String path, long offset) {
        try {
            return Optional.of(api.open(path, offset));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Has a connection that is lost for good said as what it is, not as a failure of a disk. */
    private static final class Named extends FilterInputStream {

        private final RegistryApi api;

        Named(InputStream in, RegistryApi api) {
            super(in);
            this.api = api;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw api.away(e);
            }
        }
    }

    @Override
    public BlobWriter begin() {
        throw notHere();
    }

    @Override
    public boolean has(Digest digest) {
        throw notHere();
    }

    @Override
    public long size(Digest digest) {
        throw notHere();
    }

    @Override
    public boolean renew(Digest digest) {
        throw notHere();
    }

    @Override
    public void delete(Digest digest) {
        throw notHere();
    }

    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        throw notHere();
    }

    @Override
    public Stream<StoredBlob> list() {
        throw notHere();
    }

    private static UnsupportedOperationException notHere() {
        return new UnsupportedOperationException(
                "a replica reads blobs of its registry by their digest, and nothing else");
    }
}
