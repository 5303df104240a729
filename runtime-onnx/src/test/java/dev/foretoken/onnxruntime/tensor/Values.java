package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Tensors of a test, and what is in them. */
final class Values {

    private Values() {}

    static Tensor floats(String name, List<Long> shape, float... values) {
        return new Tensor(name, ElementType.FP32, shape, MemorySegment.ofArray(values));
    }

    static Tensor longs(String name, List<Long> shape, long... values) {
        return new Tensor(name, ElementType.INT64, shape, MemorySegment.ofArray(values));
    }

    static float[] floats(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    static long[] longs(Tensor tensor) {
        return tensor.data().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
    }
}
