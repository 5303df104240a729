package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A floating-point storage type. Loads widen exactly; stores round to nearest, ties to even. Segments may start at any byte. */
public enum FloatType {
    F32(4) {
        @Override
        public float load(MemorySegment segment, long index) {
            return segment.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index << 2);
        }

        @Override
        public void store(MemorySegment segment, long index, float value) {
            segment.set(ValueLayout.JAVA_FLOAT_UNALIGNED, index << 2, value);
        }
    },
    F16(2) {
        @Override
        public float load(MemorySegment segment, long index) {
            return Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index << 1));
        }

        @Override
        public void store(MemorySegment segment, long index, float value) {
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, index << 1, Float.floatToFloat16(value));
        }
    },
    BF16(2) {
        @Override
        public float load(MemorySegment segment, long index) {
            return Float.intBitsToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index << 1) << 16);
        }

        @Override
        public void store(MemorySegment segment, long index, float value) {
            segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, index << 1, toBf16(value));
        }
    };

    private final int bytes;

    FloatType(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }

    /** Elements of one lane that sit side by side: bf16 is stored in pairs because its dot instruction eats pairs. */
    public int interleave() {
        return this == BF16 ? 2 : 1;
    }

    /** Reads element {@code index} (in elements, not bytes). */
    public abstract float load(MemorySegment segment, long index);

    /** Writes element {@code index} (in elements, not bytes). */
    public abstract void store(MemorySegment segment, long index, float value);

    /** The upper half of {@code value}, rounded to nearest even; a NaN stays a NaN (quiet). */
    public static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fff_ffff) > 0x7f80_0000) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /** {@code value} rounded to bf16 and widened again. */
    public static float roundToBf16(float value) {
        return Float.intBitsToFloat(toBf16(value) << 16);
    }
}
