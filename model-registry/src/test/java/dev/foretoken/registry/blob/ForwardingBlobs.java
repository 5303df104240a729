package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.InputStream;
import java.time.Instant;
import java.util.stream.Stream;

/** Another store behind methods that tests override. */
class ForwardingBlobs implements BlobStore {

    private final BlobStore store;

    ForwardingBlobs(BlobStore store) {
        this.store = store;
    }

    @Override
    public BlobWriter begin() {
        return store.begin();
    }

    @Override
    public boolean has(Digest digest) {
        return store.has(digest);
    }

    @Override
    public long size(Digest digest) {
        return store.size(digest);
    }

    @Override
    public InputStream open(Digest digest) {
        return store.open(digest);
    }

    @Override
    public boolean renew(Digest digest) {
        return store.renew(digest);
    }

    @Override
    public void delete(Digest digest) {
        store.delete(digest);
    }

    @Override
    public boolean deleteIfOlder(Digest digest, Instant before) {
        return store.deleteIfOlder(digest, before);
    }

    @Override
    public Stream<StoredBlob> list() {
        return store.list();
    }
}
