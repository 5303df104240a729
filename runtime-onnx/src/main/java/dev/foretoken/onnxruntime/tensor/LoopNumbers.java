package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The numbers that steer a loop. */
final class LoopNumbers {

    private LoopNumbers() {}

    /** The same value in every element; a dimension of which nothing is known has one. */
    static Tensor tensor(GraphPort port, Map<String, Long> sizes, double value, Places places) {
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < port.shape().size(); i++) {
            long fixed = port.shape().get(i);
            shape.add(fixed >= 0 ? fixed : sizes.getOrDefault(port.dimensions().get(i), 1L));
        }
        long elements = TensorSize.elements(shape);
        MemorySegment data = places.of(port.name(), TensorSize.bytes(port.type(), shape));
        for (long i = 0; i < elements; i++) {
            set(port, data, i, value);
        }
        return new Tensor(port.name(), port.type(), shape, data);
    }

    private static void set(GraphPort port, MemorySegment data, long i, double value) {
        switch (port.type()) {
            case INT64 -> data.setAtIndex(ValueLayout.JAVA_LONG, i, (long) value);
            case INT32 -> data.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
            case FP32 -> data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
            case FP64 -> data.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
            case FP16 -> data.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, BF16, BYTES ->
                throw unsteerable(port.name(), port.type());
        }
    }

    static boolean isBelow(Tensor tensor, double limit) {
        FloatValues values = FloatValues.of(tensor);
        for (long i = 0; i < values.count(); i++) {
            if (!(Math.abs(values.at(i)) < limit)) {
                return false;
            }
        }
        return true;
    }

    static Tensor count(String name, long count) {
        return new Tensor(name, ElementType.INT64, List.of(1L), MemorySegment.ofArray(new long[] {count}));
    }

    private static ForetokenException unsteerable(String name, ElementType type) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "Tensor %s that steers the loop is of type %s, expected INT32, INT64, FP16, FP32 or FP64"
                        .formatted(name, type));
    }
}
