package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.onnxruntime.session.ElementNumbers;
import dev.foretoken.onnxruntime.session.TensorFit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Tensors of strings, which ONNX Runtime keeps in objects of its own: bytes go in and out as they are, zeros and bad UTF-8 included. */
final class StringTensors {

    private StringTensors() {}

    static OrtObject of(OrtApi api, long allocator, String name, long[] shape, MemorySegment data) {
        TensorFit.requireStrings(name, shape, data);
        List<MemorySegment> elements = BytesElements.slices(data);
        OrtObject value = empty(api, allocator, shape);
        try {
            for (int i = 0; i < elements.size(); i++) {
                MemorySegment element = elements.get(i);
                long place = api.get(
                        OrtFunction.GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER, value.address(), i, element.byteSize());
                NativeText.view(place, element.byteSize()).copyFrom(element);
            }
            return value;
        } catch (RuntimeException e) {
            value.close();
            throw e;
        }
    }

    private static OrtObject empty(OrtApi api, long allocator, long[] shape) {
        try (Arena arena = Arena.ofConfined()) {
            return api.object(
                    OrtFunction.CREATE_TENSOR,
                    OrtFunction.RELEASE_VALUE,
                    allocator,
                    NativeText.write(arena, shape),
                    shape.length,
                    ElementNumbers.STRING);
        }
    }

    static MemorySegment read(OrtApi api, long value, long count) {
        long bytes = api.get(OrtFunction.GET_STRING_TENSOR_DATA_LENGTH, value);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(Math.max(1, bytes));
            MemorySegment starts = arena.allocate(ValueLayout.JAVA_LONG, Math.max(1, count));
            if (count > 0) {
                api.check(OrtFunction.GET_STRING_TENSOR_CONTENT, value, text.address(), bytes, starts.address(), count);
            }
            List<MemorySegment> elements = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                long from = starts.getAtIndex(ValueLayout.JAVA_LONG, i);
                long to = i + 1 < count ? starts.getAtIndex(ValueLayout.JAVA_LONG, i + 1) : bytes;
                elements.add(text.asSlice(from, to - from));
            }
            return BytesElements.join(elements);
        }
    }
}
