package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.DeviceTensor;
import dev.foretoken.onnxruntime.session.TensorFit;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Reads tensors that ONNX Runtime made. */
final class TensorReader {

    private TensorReader() {}

    /** A view of what a value in host memory holds: it ends with the value. */
    static Tensor read(OrtApi api, String name, ElementType type, long value) {
        List<Long> shape = shape(api, value);
        return new Tensor(name, type, shape, data(api, type, value, TensorSize.elements(shape)));
    }

    /** A view of what a value of numbers on the device holds: it ends with the value. */
    static DeviceTensor read(OrtApi api, SessionDevice device, String name, ElementType type, long value) {
        List<Long> shape = shape(api, value);
        long bytes = TensorFit.bytes(
                name, type, shape.stream().mapToLong(Long::longValue).toArray());
        return new DeviceTensor(shape, device.view(api.get(OrtFunction.GET_TENSOR_MUTABLE_DATA, value), bytes));
    }

    private static List<Long> shape(OrtApi api, long value) {
        try (OrtObject info = api.object(
                OrtFunction.GET_TENSOR_TYPE_AND_SHAPE, OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO, value)) {
            return TensorShapes.shape(api, info.address());
        }
    }

    private static MemorySegment data(OrtApi api, ElementType type, long value, long count) {
        if (type == ElementType.BYTES) {
            return StringTensors.read(api, value, count);
        }
        return NativeText.view(api.get(OrtFunction.GET_TENSOR_MUTABLE_DATA, value), count * type.bytes());
    }
}
