package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/** Refuses arguments that would read or write past a segment: C cannot see how long a segment is. */
public final class Bounds {
    private Bounds() {}

    public static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s=%d, must be positive".formatted(name, value));
        }
    }

    public static void bytes(String name, MemorySegment segment, long bytes) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(name + " is on the heap, must be off-heap memory");
        }
        if (segment.byteSize() < bytes) {
            throw new IllegalArgumentException("%s has %d bytes, needs %d".formatted(name, segment.byteSize(), bytes));
        }
    }

    public static void writableFloats(String name, MemorySegment segment, long count) {
        writable(name, segment);
        floats(name, segment, count);
    }

    public static void writable(String name, MemorySegment segment) {
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException(name + " is read-only, must be writable");
        }
    }

    public static void floats(String name, MemorySegment segment, long count) {
        bytes(name, segment, count * Float.BYTES);
    }

    public static void ints(String name, MemorySegment segment, long count) {
        bytes(name, segment, count * Integer.BYTES);
    }

    public static void elements(String name, MemorySegment segment, FloatType type, long count) {
        bytes(name, segment, count * type.bytes());
    }
}
