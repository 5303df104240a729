package dev.foretoken.registry.oci;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.RemoteRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A blob to upload.
 *
 * @param source opens its bytes from the start, again for each attempt
 */
record BlobSource(Digest digest, long size, RemoteRequest.Source source) {

    private static final String MEDIA_TYPE = "application/octet-stream";

    static BlobSource of(byte[] bytes) {
        return new BlobSource(Digest.of(bytes), bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    RemoteRequest.Body whole() {
        return new RemoteRequest.Body(MEDIA_TYPE, size, source);
    }

    RemoteRequest.Body piece(long offset, long length) {
        return new RemoteRequest.Body(MEDIA_TYPE, length, () -> {
            InputStream in = source.open();
            try {
                in.skipNBytes(offset);
                return new Piece(in, length);
            } catch (IOException | RuntimeException e) {
                in.close();
                throw e;
            }
        });
    }

    /** The next {@code left} bytes of another stream. */
    private static final class Piece extends InputStream {
        private final InputStream in;
        private long left;

        Piece(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(buffer, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
