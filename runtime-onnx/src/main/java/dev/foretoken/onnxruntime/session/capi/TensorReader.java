package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads tensors that ONNX Runtime made in host memory. */
final class TensorReader {

    private TensorReader() {}

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
