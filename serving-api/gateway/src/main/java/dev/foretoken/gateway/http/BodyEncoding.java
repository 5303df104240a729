package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.BodyFailure;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a body is packed ({@code Content-Encoding}). It is unpacked piece by piece as it is read, so what it may become is bounded by whoever
 * reads it, as of a body that is not packed.
 */
enum BodyEncoding {
    IDENTITY,
    GZIP,
    DEFLATE,
    ;

    private static final int CHUNK = 16 << 10;

    /** @throws ForetokenException UNSUPPORTED_MEDIA_TYPE */
    static BodyEncoding of(@Nullable String header) {
        String name = header == null ? "identity" : header.strip().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "identity", "" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default ->
                throw new ForetokenException(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                        "the content-encoding header must be gzip, deflate or identity; send the body in one of them, or without the header");
        };
    }

    /**
     * Reads the body as it was before it was packed. Blocks while it arrives. The memory of the unpacking, which lies outside the heap, is given back
     * when {@code reader} returns or throws; {@code stream} stays open.
     *
     * @throws ForetokenException INVALID_REQUEST when it does not begin as the header says; what {@code reader} throws
     */
    <T> T read(InputStream stream, Function<InputStream, T> reader) {
        try (InputStream plain = plain(new Lent(stream))) {
            return reader.apply(plain);
        } catch (IOException e) {
            throw BodyFailure.of(e);
        }
    }

    private InputStream plain(InputStream stream) throws IOException {
        return switch (this) {
            case IDENTITY -> stream;
            case GZIP -> new GZIPInputStream(stream, CHUNK);
            case DEFLATE -> new InflaterInputStream(stream);
        };
    }

    /** Whoever handed the stream over closes it. */
    private static final class Lent extends FilterInputStream {
        Lent(InputStream stream) {
            super(stream);
        }

        @Override
        public byte[] readNBytes(int most) throws IOException {
            return in.readNBytes(most);
        }

        @Override
        public void close() {}
    }
}
