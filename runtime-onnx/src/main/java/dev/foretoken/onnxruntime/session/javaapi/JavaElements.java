package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Element types of both sides, and tensors over memory. */
final class JavaElements {

    private JavaElements() {}

    /** Empty for what has no name in the Open Inference Protocol. */
    static Optional<ElementType> of(TensorInfo.OnnxTensorType type) {
        return Optional.ofNullable(
                switch (type) {
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> ElementType.BOOL;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> ElementType.UINT8;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> ElementType.UINT16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> ElementType.UINT32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> ElementType.UINT64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> ElementType.INT8;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> ElementType.INT16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> ElementType.INT32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> ElementType.INT64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> ElementType.FP16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> ElementType.BF16;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FP32;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> ElementType.FP64;
                    case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> ElementType.BYTES;
                    default -> null;
                });
    }

    /** Whether a tensor of this type can be made over memory. */
    static boolean overMemory(ElementType type) {
        return switch (type) {
            case UINT16, UINT32, UINT64, BYTES -> false;
            case BOOL, UINT8, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64 -> true;
        };
    }

    static OnnxTensor tensor(
            OrtEnvironment environment, String name, ElementType type, long[] shape, MemorySegment memory)
            throws OrtException {
        ByteBuffer bytes = buffer(name, memory);
        return switch (type) {
            case BOOL -> OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.BOOL);
            case UINT8 -> OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.UINT8);
            case INT8 -> OnnxTensor.createTensor(environment, bytes, shape, OnnxJavaType.INT8);
            case INT16 -> OnnxTensor.createTensor(environment, bytes.asShortBuffer(), shape);
            case INT32 -> OnnxTensor.createTensor(environment, bytes.asIntBuffer(), shape);
            case INT64 -> OnnxTensor.createTensor(environment, bytes.asLongBuffer(), shape);
            case FP16 -> OnnxTensor.createTensor(environment, bytes.asShortBuffer(), shape, OnnxJavaType.FLOAT16);
            case BF16 -> OnnxTensor.createTensor(environment, bytes.asShortBuffer(), shape, OnnxJavaType.BFLOAT16);
            case FP32 -> OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), shape);
            case FP64 -> OnnxTensor.createTensor(environment, bytes.asDoubleBuffer(), shape);
            case UINT16, UINT32, UINT64, BYTES ->
                throw new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "Tensor %s is of type %s, which ONNX Runtime's Java interface takes over no memory; use the C interface"
                                .formatted(name, type));
        };
    }

    private static ByteBuffer buffer(String name, MemorySegment memory) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("Tensor " + name + " is in the heap, not in native memory");
        }
        if (memory.byteSize() > Integer.MAX_VALUE) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE,
                    "Tensor %s has %d bytes; ONNX Runtime's Java interface takes at most %d: use the C interface"
                            .formatted(name, memory.byteSize(), Integer.MAX_VALUE));
        }
        return memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }
}
