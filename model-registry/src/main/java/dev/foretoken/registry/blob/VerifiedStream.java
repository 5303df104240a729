package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Digest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** A blob's bytes; at their end the digest is compared, so that nobody takes damaged bytes for the blob. For one thread. */
final class VerifiedStream extends FilterInputStream {

    private final Digest expected;
    private final MessageDigest hasher = Digest.hasher();
    private final WhenSound whenSound;
    private boolean compared;

    /** Is told once that all bytes were read and are the digest's. */
    @FunctionalInterface
    interface WhenSound {
        void done() throws IOException;
    }

    VerifiedStream(InputStream in, Digest expected, WhenSound whenSound) {
        super(in);
        this.expected = expected;
        this.whenSound = whenSound;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT at the end, when the bytes were others */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        if (read > 0) {
            hasher.update(bytes, offset, read);
        } else if (read < 0 && !compared) {
            compared = true;
            Digest found = Digest.of(hasher);
            if (!found.equals(expected)) {
                throw BlobErrors.damaged(expected, "its bytes are those of " + found);
            }
            whenSound.done();
        }
        return read;
    }

    /** Reads, so that skipped bytes are compared too. */
    @Override
    public long skip(long count) throws IOException {
        return count <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(count, 1 << 16)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
