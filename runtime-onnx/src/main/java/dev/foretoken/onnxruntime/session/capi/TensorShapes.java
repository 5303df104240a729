package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@code OrtTensorTypeAndShapeInfo}. */
final class TensorShapes {

    private TensorShapes() {}

    static int elementType(OrtApi api, long info) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            api.check(OrtFunction.GET_TENSOR_ELEMENT_TYPE, info, out.address());
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** -1 for a dimension of any size. */
    static List<Long> shape(OrtApi api, long info) {
        long rank = api.get(OrtFunction.GET_DIMENSIONS_COUNT, info);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sizes = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, rank));
            api.check(OrtFunction.GET_DIMENSIONS, info, sizes.address(), rank);
            return Arrays.stream(sizes.asSlice(0, rank * Long.BYTES).toArray(ValueLayout.JAVA_LONG))
                    .boxed()
                    .toList();
        }
    }

    /** Empty for a dimension without a name. */
    static List<String> names(OrtApi api, long info) {
        long rank = api.get(OrtFunction.GET_DIMENSIONS_COUNT, info);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment texts = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, rank));
            api.check(OrtFunction.GET_SYMBOLIC_DIMENSIONS, info, texts.address(), rank);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < rank; i++) {
                names.add(NativeText.read(texts.getAtIndex(ValueLayout.JAVA_LONG, i)));
            }
            return names;
        }
    }
}
