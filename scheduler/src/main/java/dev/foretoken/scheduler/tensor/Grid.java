package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * How the rows of a dense row-major tensor lie: {@code outer} times {@code low} times {@code between} times {@code high} times {@code innerBytes},
 * where the axes of rows and of lengths are low and high, or only that of rows is high.
 */
record Grid(long outer, long low, long between, long high, long innerBytes, boolean rowsAreLow) {

    /** {@code lengthAxis}: -1 = none. */
    static Grid of(List<Long> shape, int rowAxis, int lengthAxis, ElementType type) {
        int high = Math.max(rowAxis, lengthAxis);
        int low = lengthAxis < 0 ? -1 : Math.min(rowAxis, lengthAxis);
        return new Grid(
                product(shape, 0, low < 0 ? high : low),
                low < 0 ? 1 : shape.get(low),
                low < 0 ? 1 : product(shape, low + 1, high),
                shape.get(high),
                product(shape, high + 1, shape.size()) * type.bytes(),
                low == rowAxis);
    }

    private static long product(List<Long> shape, int from, int to) {
        long product = 1;
        for (int i = from; i < to; i++) {
            product *= shape.get(i);
        }
        return product;
    }

    /** Copies the rows of {@code own}, all of it, to those from {@code firstRow} on of the tensor that this describes. */
    void write(MemorySegment joined, long firstRow, MemorySegment own, Grid part) {
        copy(joined, firstRow, own, part, true);
    }

    /** Copies the rows from {@code firstRow} on of the tensor that this describes, as far as {@code part} reaches, to {@code own}. */
    void read(MemorySegment joined, long firstRow, MemorySegment own, Grid part) {
        copy(joined, firstRow, own, part, false);
    }

    private void copy(MemorySegment joined, long firstRow, MemorySegment own, Grid part, boolean write) {
        boolean whole = part.high == high;
        long runs = whole ? 1 : part.low * between;
        long bytes = (whole ? part.low * between : 1) * part.high * innerBytes;
        for (long o = 0; o < outer; o++) {
            for (long run = 0; run < runs; run++) {
                long ownAt = (o * part.low * between + run) * part.high * innerBytes;
                long joinedAt = rowsAreLow
                        ? ((o * low + firstRow) * between + run) * high * innerBytes
                        : ((o * low * between + run) * high + firstRow) * innerBytes;
                if (write) {
                    MemorySegment.copy(own, ownAt, joined, joinedAt, bytes);
                } else {
                    MemorySegment.copy(joined, joinedAt, own, ownAt, bytes);
                }
            }
        }
    }

    /** Sets every element of a tensor. */
    static void fill(MemorySegment data, ElementType type, long value) {
        long bits = bits(type, value);
        if (bits == 0 || data.byteSize() == 0) {
            data.fill((byte) 0);
            return;
        }
        MemorySegment one = MemorySegment.ofArray(new long[1]);
        one.set(ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN), 0, bits);
        MemorySegment.copy(one, 0, data, 0, type.bytes());
        for (long done = type.bytes(); done < data.byteSize(); done *= 2) {
            MemorySegment.copy(data, 0, data, done, Math.min(done, data.byteSize() - done));
        }
    }

    private static long bits(ElementType type, long value) {
        return switch (type) {
            case BOOL -> value == 0 ? 0 : 1;
            case UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64 -> value;
            case FP16 -> Float.floatToFloat16(value);
            case BF16 -> Float.floatToIntBits(value) >>> 16;
            case FP32 -> Float.floatToIntBits(value);
            case FP64 -> Double.doubleToLongBits(value);
            case BYTES -> throw new IllegalArgumentException("strings are not padded");
        };
    }
}
