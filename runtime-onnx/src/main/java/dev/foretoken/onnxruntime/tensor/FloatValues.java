package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSize;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A tensor of numbers of any width, read as fp32. */
record FloatValues(Tensor tensor, long count) {

    static FloatValues of(Tensor tensor) {
        return new FloatValues(tensor, TensorSize.elements(tensor.shape()));
    }

    float at(long i) {
        MemorySegment data = tensor.data();
        return switch (tensor.type()) {
            case FP32 -> data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            case FP64 -> (float) data.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            case FP16 -> Float.float16ToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case BF16 -> Float.intBitsToFloat(data.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i) << 16);
            case INT64 -> data.getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i);
            case INT32 -> data.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
            case BOOL, INT8 -> data.get(ValueLayout.JAVA_BYTE, i);
            case UINT8 -> Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, i));
            case INT16, UINT16, UINT32, UINT64, BYTES ->
                throw new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "Tensor %s is of type %s, expected numbers".formatted(tensor.name(), tensor.type()));
        };
    }

    /** Adds {@code sum.length} values from {@code from} on. */
    void addTo(float[] sum, long from) {
        if (tensor.type() == ElementType.FP32) {
            MemorySegment data = tensor.data();
            for (int i = 0; i < sum.length; i++) {
                sum[i] += data.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, from + i);
            }
            return;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] += at(from + i);
        }
    }
}
