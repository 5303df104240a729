package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Tensors in memory of their own. */
public final class Tensors {

    private Tensors() {}

    /** A copy that does not lie on the heap. */
    static MemorySegment bytes(MemorySegment segment) {
        return Arena.ofAuto().allocate(segment.byteSize()).copyFrom(segment);
    }

    static StoredTensor i32(String name, int... values) {
        return new StoredTensor(
                name, StoredType.I32, List.of((long) values.length), bytes(MemorySegment.ofArray(values)));
    }

    static StoredTensor i64(String name, long... values) {
        return new StoredTensor(
                name, StoredType.I64, List.of((long) values.length), bytes(MemorySegment.ofArray(values)));
    }

    static StoredTensor u8(String name, StoredType type, byte[] values, Long... shape) {
        return new StoredTensor(name, type, List.of(shape), bytes(MemorySegment.ofArray(values)));
    }

    static StoredTensor f16(String name, float[][] rows) {
        return floats(name, StoredType.F16, FloatType.F16, rows);
    }

    static StoredTensor bf16(String name, float[][] rows) {
        return floats(name, StoredType.BF16, FloatType.BF16, rows);
    }

    public static StoredTensor f32(String name, float[][] rows) {
        return floats(name, StoredType.F32, FloatType.F32, rows);
    }

    private static StoredTensor floats(String name, StoredType type, FloatType stored, float[][] rows) {
        MemorySegment data = Arena.ofAuto().allocate((long) rows.length * rows[0].length * stored.bytes());
        int index = 0;
        for (float[] row : rows) {
            for (float value : row) {
                stored.store(data, index++, value);
            }
        }
        return new StoredTensor(name, type, List.of((long) rows.length, (long) rows[0].length), data);
    }
}
