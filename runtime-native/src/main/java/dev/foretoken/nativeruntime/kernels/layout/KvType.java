package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** What an element of K or V is stored as. */
public enum KvType {
    F32(FloatType.F32),
    F16(FloatType.F16),
    BF16(FloatType.BF16),
    /** Codes in [-127, 127] with one fp32 scale per token and head; {@link KvFormat} says which. */
    INT8(null);

    private final @Nullable FloatType floats;

    KvType(@Nullable FloatType floats) {
        this.floats = floats;
    }

    /** Of an element. */
    public int bytes() {
        return floats == null ? 1 : floats.bytes();
    }

    /** Of the scale that the elements of one token and head share; 0 where there is none. */
    public int scaleBytes() {
        return floats == null ? Float.BYTES : 0;
    }

    /** Elements of one lane that sit side by side. */
    public int interleave() {
        return floats == null ? 1 : floats.interleave();
    }

    /** The element at a byte; a code as it is, unscaled. */
    public float load(MemorySegment segment, long offset) {
        return floats == null
                ? segment.get(ValueLayout.JAVA_BYTE, offset)
                : floats.load(segment, offset / floats.bytes());
    }

    /** Rounds to the type; a code has to be a whole number in [-127, 127]. */
    public void store(MemorySegment segment, long offset, float value) {
        if (floats == null) {
            segment.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
        } else {
            floats.store(segment, offset / floats.bytes(), value);
        }
    }
}
