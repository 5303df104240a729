package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.util.function.Consumer;

/** A blob that is committed to a folder and then sent on. For one thread. */
final class CachedWriter extends BlobWriter {

    private final BlobWriter folder;
    private final Consumer<Digest> send;

    CachedWriter(BlobWriter folder, Consumer<Digest> send) {
        this.folder = folder;
        this.send = send;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        folder.write(bytes, offset, length);
    }

    @Override
    public long written() {
        return folder.written();
    }

    @Override
    public Digest digest() {
        return folder.digest();
    }

    @Override
    public Digest commit() {
        Digest digest = folder.commit();
        send.accept(digest);
        return digest;
    }

    @Override
    public Digest commit(Digest expected) {
        folder.commit(expected);
        send.accept(expected);
        return expected;
    }

    @Override
    public void close() {
        folder.close();
    }
}
