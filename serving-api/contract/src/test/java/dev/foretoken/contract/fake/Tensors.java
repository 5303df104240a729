package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** Tensors of numbers for tests, and back. */
public final class Tensors {

    private Tensors() {}

    public static Tensor longs(String name, List<Long> shape, long... values) {
        return new Tensor(name, ElementType.INT64, shape, MemorySegment.ofArray(values));
    }

    public static Tensor floats(String name, List<Long> shape, float... values) {
        return new Tensor(name, ElementType.FP32, shape, MemorySegment.ofArray(values));
    }

    /** One row for each array, all of one length. */
    public static Tensor rows(String name, long[]... rows) {
        long[] all = Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
        return longs(name, List.of((long) rows.length, (long) rows[0].length), all);
    }

    public static long[] longs(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
    }

    public static float[] floats(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
}
