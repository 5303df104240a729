package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Sizes of tensors, and what is in those that ONNX Runtime made in host memory. */
final class TensorReader {

    private TensorReader() {}

    /** @throws ForetokenException INVALID_REQUEST */
    static long elements(String name, long[] shape) {
        long count = 1;
        for (long size : shape) {
            if (size < 0 || (size > 0 && count > Long.MAX_VALUE / size)) {
                throw new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "Tensor %s has shape %s: expected sizes of 0 or more, and fewer elements than can be counted"
                                .formatted(name, Arrays.toString(shape)));
            }
            count *= size;
        }
        return count;
    }

    static long bytes(String name, ElementType type, long[] shape) {
        long elements = elements(name, shape);
        if (elements > Long.MAX_VALUE / type.bytes()) {
            throw misfit(name, type, shape, Long.MAX_VALUE);
        }
        return elements * type.bytes();
    }

    static ForetokenException misfit(String name, ElementType type, long[] shape, long got) {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST,
                "Tensor %s of type %s and shape %s does not fit %d bytes"
                        .formatted(name, type, Arrays.toString(shape), got));
    }

    /** A view of what the value holds: it ends with the value. */
    static Tensor read(OrtApi api, String name, ElementType type, long value) {
        try (OrtObject info = api.object(
                OrtFunction.GET_TENSOR_TYPE_AND_SHAPE, OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO, value)) {
            List<Long> shape = TensorShapes.shape(api, info.address());
            long count = shape.stream().reduce(1L, Math::multiplyExact);
            return new Tensor(name, type, shape, data(api, type, value, count));
        }
    }

    private static MemorySegment data(OrtApi api, ElementType type, long value, long count) {
        if (type == ElementType.BYTES) {
            return StringTensors.read(api, value, count);
        }
        return NativeText.view(api.get(OrtFunction.GET_TENSOR_MUTABLE_DATA, value), count * type.bytes());
    }
}
