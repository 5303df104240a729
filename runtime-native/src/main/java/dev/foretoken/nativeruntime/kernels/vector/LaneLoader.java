package dev.foretoken.nativeruntime.kernels.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loads fp32 lanes from fp32, from pairs of bf16 or from int8. Offsets in bytes. */
final class LaneLoader {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int LANES = Math.min(16, FLOATS.length());
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    /** At least as many as there are lanes; there is none of 4. */
    private static final VectorSpecies<Byte> CODES = LANES > 8 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private static final int UPPER_HALF = 0xffff_0000;

    private LaneLoader() {}

    static FloatVector floats(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, segment, offset, ByteOrder.nativeOrder());
    }

    /** One per byte; 8 bytes are read where there are fewer lanes. */
    static FloatVector codes(MemorySegment segment, long offset) {
        ByteVector codes = ByteVector.fromMemorySegment(CODES, segment, offset, ByteOrder.nativeOrder());
        return (FloatVector) codes.convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    private static IntVector pairs(MemorySegment segment, long offset) {
        return IntVector.fromMemorySegment(INTS, segment, offset, ByteOrder.nativeOrder());
    }

    /** The first of each pair. */
    static FloatVector even(MemorySegment segment, long offset) {
        return pairs(segment, offset).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    /** The second of each pair. */
    static FloatVector odd(MemorySegment segment, long offset) {
        return pairs(segment, offset).and(UPPER_HALF).reinterpretAsFloats();
    }
}
