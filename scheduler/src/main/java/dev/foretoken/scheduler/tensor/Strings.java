package dev.foretoken.scheduler.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Finds the elements of a tensor of strings: each is a little-endian uint32 length and that many bytes. */
final class Strings {

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Strings() {}

    /** How many there are; -1 when the bytes do not end where one ends. */
    static long count(MemorySegment data) {
        long count = 0;
        long at = 0;
        while (at < data.byteSize()) {
            at = next(data, at);
            if (at < 0) {
                return -1;
            }
            count++;
        }
        return count;
    }

    /** Where the {@code elements} from {@code at} on end. */
    static long skip(MemorySegment data, long at, long elements) {
        long end = at;
        for (long i = 0; i < elements; i++) {
            end = next(data, end);
            if (end < 0) {
                throw new IllegalStateException("a tensor of strings ends within one");
            }
        }
        return end;
    }

    private static long next(MemorySegment data, long at) {
        if (data.byteSize() - at < LENGTH.byteSize()) {
            return -1;
        }
        long end = at + LENGTH.byteSize() + Integer.toUnsignedLong(data.get(LENGTH, at));
        return end <= data.byteSize() ? end : -1;
    }
}
