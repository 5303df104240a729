package dev.foretoken.nativeruntime.kernels.ffi;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Fills a C struct of 8-byte fields in order; reused from call to call, so a call allocates nothing. */
public final class ArgumentBlock {
    private final Arena arena;
    private MemorySegment fields;
    private long end;

    ArgumentBlock(Arena arena) {
        this.arena = arena;
        this.fields = arena.allocate(1024, 8);
    }

    /** Starts a new struct. */
    public ArgumentBlock clear() {
        end = 0;
        return this;
    }

    public ArgumentBlock number(long value) {
        long at = next();
        fields.set(JAVA_LONG, at, value);
        return this;
    }

    public ArgumentBlock real(double value) {
        long at = next();
        fields.set(JAVA_DOUBLE, at, value);
        return this;
    }

    /** The address of memory that stays open and reachable until the call returns; null: 0. */
    public ArgumentBlock pointer(@Nullable MemorySegment memory) {
        return number(memory == null ? 0 : memory.address());
    }

    /** The address {@code offset} bytes into such memory. */
    public ArgumentBlock pointer(MemorySegment memory, long offset) {
        return number(memory.address() + offset);
    }

    /** The last field as the call left it. */
    public long last() {
        return fields.get(JAVA_LONG, end - 8);
    }

    /** Where the next field goes; may replace {@link #fields}. */
    private long next() {
        if (end == fields.byteSize()) {
            MemorySegment larger = arena.allocate(2 * end, 8);
            larger.copyFrom(fields);
            fields = larger;
        }
        long at = end;
        end += 8;
        return at;
    }

    long address() {
        return fields.address();
    }
}
