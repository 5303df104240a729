package dev.foretoken.registry.blob;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.OutputStream;

/** One blob being written. Closing it without a commit leaves no trace. For one thread. */
public abstract class BlobWriter extends OutputStream {

    /** @throws ForetokenException STORAGE_FULL when the disk is full, else as {@link BlobStore} says */
    @Override
    public abstract void write(byte[] bytes, int offset, int length);

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** Bytes written so far. */
    public abstract long written();

    /** Of all bytes written, which the writer computes by itself. Nothing can be written after it. */
    public abstract Digest digest();

    /** Makes the blob visible and durable; returns its name. Nothing can be written after it. */
    public abstract Digest commit();

    /**
     * The same for a blob whose digest is known.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT when other bytes were written; then there is no blob
     */
    public abstract Digest commit(Digest expected);

    @Override
    public abstract void close();
}
