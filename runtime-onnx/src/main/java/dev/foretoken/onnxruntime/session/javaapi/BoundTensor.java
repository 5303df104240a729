package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtUtil;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.TensorFit;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** ONNX Runtime's tensor and what it was made of. */
record BoundTensor(OnnxTensor tensor, ElementType type, long[] shape, MemorySegment memory) {

    /** Strings are copied when they are bound, so the same memory may hold others by now. */
    boolean isOver(ElementType otherType, long[] otherShape, MemorySegment otherMemory) {
        return type == otherType
                && type != ElementType.BYTES
                && memory.address() == otherMemory.address()
                && memory.byteSize() == otherMemory.byteSize()
                && memory.scope().equals(otherMemory.scope())
                && Arrays.equals(shape, otherShape);
    }

    static OnnxTensor strings(OrtEnvironment environment, String name, long[] shape, MemorySegment memory)
            throws OrtException {
        TensorFit.requireStrings(name, shape, memory);
        String[] elements = BytesElements.texts(memory).toArray(String[]::new);
        return OnnxTensor.createTensor(environment, elements, shape);
    }

    static Tensor result(String name, ElementType type, OnnxTensor value) {
        List<Long> shape = Arrays.stream(value.getInfo().getShape()).boxed().toList();
        MemorySegment data =
                type == ElementType.BYTES ? strings(name, value) : MemorySegment.ofBuffer(value.getByteBuffer());
        return new Tensor(name, type, shape, data);
    }

    private static MemorySegment strings(String name, OnnxTensor value) {
        try {
            Object held = value.getValue();
            String[] elements = held instanceof String one ? new String[] {one} : OrtUtil.flattenString(held);
            return BytesElements.of(Arrays.asList(elements));
        } catch (OrtException e) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "Output " + name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
