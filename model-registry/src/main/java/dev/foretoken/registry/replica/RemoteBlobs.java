package dev.foretoken.registry.replica;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
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

    /** Bytes of the blob that this thread opens; unbound for documents. */
    static final ScopedValue<Long> SIZE = ScopedValue.newInstance();

    static final int MAX_DOCUMENT = 4 << 20;

    /** Goes on where a connection broke off. More bytes than there may be are MODEL_FILE_CORRUPT, before anybody has them all. */
    @Override
    public InputStream open(Digest digest) {
        String path = "/blobs/" + digest;
        try {
            return new Named(
                    new ResumedStream(api.open(path, 0), offset -> rest(path, offset)), api, digest, SIZE.orElse((long)
                            MAX_DOCUMENT));
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

    /** Has a connection that is lost for good said as what it is, not as a failure of a disk; ends what is too long. */
    private static final class Named extends FilterInputStream {

        private final RegistryApi api;
        private final Digest digest;
        private final long most;
        private long read;

        Named(InputStream in, RegistryApi api, Digest digest, long most) {
            super(in);
            this.api = api;
            this.digest = digest;
            this.most = most;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            try {
                int count = super.read(bytes, offset, length);
                read += Math.max(0, count);
                if (read > most) {
                    throw new ForetokenException(
                            ErrorCode.MODEL_FILE_CORRUPT,
                            "the registry sends more than the %d bytes that %s may have".formatted(most, digest));
                }
                return count;
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
