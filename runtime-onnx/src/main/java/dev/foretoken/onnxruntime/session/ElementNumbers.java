package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import java.util.Optional;

/** The numbers of element types: {@code TensorProto.DataType} in files, {@code ONNXTensorElementDataType} of ONNX Runtime's C interface. */
public final class ElementNumbers {

    public static final int STRING = 8;

    private ElementNumbers() {}

    public static int number(ElementType type) {
        return switch (type) {
            case FP32 -> 1;
            case UINT8 -> 2;
            case INT8 -> 3;
            case UINT16 -> 4;
            case INT16 -> 5;
            case INT32 -> 6;
            case INT64 -> 7;
            case BYTES -> STRING;
            case BOOL -> 9;
            case FP16 -> 10;
            case FP64 -> 11;
            case UINT32 -> 12;
            case UINT64 -> 13;
            case BF16 -> 16;
        };
    }

    /** Empty for what has no name in the Open Inference Protocol: complex numbers, and those of 8 bits and fewer that are no integers. */
    public static Optional<ElementType> of(int number) {
        for (ElementType type : ElementType.values()) {
            if (number(type) == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
