package dev.foretoken.gateway.tensor.json;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.BodyFailure;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What follows the JSON of a request: the bytes of its binary tensors, one after another. For one thread. */
public final class BinaryPart {

    private static final int CHUNK = 64 << 10;

    private final InputStream stream;

    public BinaryPart(InputStream stream) {
        this.stream = stream;
    }

    /** Nothing follows. */
    public static BinaryPart none() {
        return new BinaryPart(InputStream.nullInputStream());
    }

    /** Fills {@code memory} with what comes next. @throws ForetokenException INVALID_REQUEST when less comes */
    void read(String tensor, MemorySegment memory) {
        byte[] chunk = new byte[(int) Math.min(CHUNK, memory.byteSize())];
        long at = 0;
        while (at < memory.byteSize()) {
            int most = (int) Math.min(chunk.length, memory.byteSize() - at);
            int got = next(chunk, most);
            if (got < 0) {
                throw ForetokenException.invalid(
                        tensor,
                        "the body ends within input '" + tensor + "', after " + at + " of " + memory.byteSize()
                                + " bytes");
            }
            MemorySegment.copy(chunk, 0, memory, ValueLayout.JAVA_BYTE, at, got);
            at += got;
        }
    }

    /** @throws ForetokenException INVALID_REQUEST when bytes are left */
    void requireEnd() {
        if (next(new byte[1], 1) >= 0) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "the body has more bytes than its JSON and the binary tensors it names");
        }
    }

    private int next(byte[] into, int most) {
        try {
            return stream.read(into, 0, most);
        } catch (IOException e) {
            throw BodyFailure.of(e);
        }
    }
}
