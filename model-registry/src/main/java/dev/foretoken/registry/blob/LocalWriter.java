package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A blob on its way into a {@link LocalBlobs}: a temporary file and the digest so far. For one thread. */
final class LocalWriter extends BlobWriter {

    /** Brings a complete, durable temporary file to its place, or finds that it is there already. */
    @FunctionalInterface
    interface Finish {
        void install(Path temporary, Digest digest, long size) throws IOException;
    }

    private final Path temporary;
    private final BlobFile file;
    private final Finish finish;
    private final MessageDigest hasher = Digest.hasher();
    private @Nullable Digest digest;
    private long written;
    private boolean open = true;

    LocalWriter(Path temporary, BlobFile file, Finish finish) {
        this.temporary = temporary;
        this.file = file;
        this.finish = finish;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        if (digest != null) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this blob has its digest already");
        }
        try {
            file.write(ByteBuffer.wrap(bytes, offset, length));
        } catch (IOException e) {
            close();
            throw BlobErrors.io("storing a blob", e);
        }
        hasher.update(bytes, offset, length);
        written += length;
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public Digest digest() {
        Digest found = digest == null ? Digest.of(hasher) : digest;
        digest = found;
        return found;
    }

    @Override
    public Digest commit() {
        requireOpen();
        return commit(digest(), written);
    }

    @Override
    public Digest commit(Digest expected) {
        requireOpen();
        Digest found = digest();
        if (!found.equals(expected)) {
            close();
            throw BlobErrors.other(expected, found);
        }
        return commit(found, written);
    }

    /** Bytes first, name second: a crash between the two leaves only the temporary file. */
    private Digest commit(Digest digest, long size) {
        try {
            file.sync();
            file.close();
            finish.install(temporary, digest, size);
            return digest;
        } catch (IOException e) {
            throw BlobErrors.io("storing a blob", e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            try (file) {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // What is left is swept later, as after a crash; the caller's own error must not be hidden by this one.
            }
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this blob was committed or given up already");
        }
    }
}
