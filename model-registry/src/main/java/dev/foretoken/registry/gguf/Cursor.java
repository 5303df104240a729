package dev.foretoken.registry.gguf;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a file from its start; never past its end, and never believes a length before it is compared with what is left. */
final class Cursor {

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String file;
    private final MemorySegment bytes;
    private long position;

    Cursor(String file, MemorySegment bytes) {
        this.file = file;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    long left() {
        return bytes.byteSize() - position;
    }

    /** The next {@code count} bytes. */
    MemorySegment take(long count, String what) {
        if (count < 0 || count > left()) {
            throw damaged("%s has %s bytes, but %d are left of the file"
                    .formatted(what, Long.toUnsignedString(count), left()));
        }
        MemorySegment taken = bytes.asSlice(position, count);
        position += count;
        return taken;
    }

    int i8(String what) {
        return take(1, what).get(ValueLayout.JAVA_BYTE, 0);
    }

    int i16(String what) {
        return take(2, what).get(U16, 0);
    }

    int i32(String what) {
        return take(4, what).get(U32, 0);
    }

    long i64(String what) {
        return take(8, what).get(U64, 0);
    }

    /** A count of things that take at least {@code leastBytes} each: no more than the rest of the file can hold, and than {@code limit}. */
    int count(String what, int leastBytes, int limit) {
        long count = i64(what);
        long most = Math.min(limit, left() / leastBytes);
        if (count < 0 || count > most) {
            throw damaged("%s is %s; the rest of the file can hold at most %d"
                    .formatted(what, Long.toUnsignedString(count), most));
        }
        return (int) count;
    }

    /** A string's bytes. */
    MemorySegment string(String what, int limit) {
        return take(count("the length of " + what, 1, limit), what);
    }

    /** A name: of a key or a tensor. */
    String name(String what, int limit) {
        return new String(string(what, limit).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** Goes on at the next multiple. */
    void align(long alignment) {
        position = Math.min(bytes.byteSize(), Math.ceilDiv(position, alignment) * alignment);
    }

    ForetokenException damaged(String what) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file + " is damaged: " + what);
    }

    ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, file + " is not supported: " + what);
    }
}
