package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.TensorSize;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** What is checked before ONNX Runtime is told of memory, whose end it cannot see. */
public final class TensorFit {

    private TensorFit() {}

    /**
     * Bytes of a tensor of numbers.
     *
     * @throws ForetokenException INVALID_REQUEST for sizes below 0, and for more than memory holds
     */
    public static long bytes(String name, ElementType type, long[] shape) {
        List<Long> sizes = sizes(shape);
        if (sizes.stream().anyMatch(size -> size < 0) || TensorSize.bytes(type, sizes) == TensorSize.TOO_MANY) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "Tensor %s has shape %s: expected sizes of 0 or more, and no more than memory holds"
                            .formatted(name, sizes));
        }
        return TensorSize.bytes(type, sizes);
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE for strings, which are no bytes in a row and stay on the host */
    public static void requireNumbers(String name, ElementType type) {
        if (type == ElementType.BYTES) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE, "Tensor " + name + " has strings, which device memory cannot hold");
        }
    }

    /** @throws ForetokenException INVALID_REQUEST when the numbers do not fill the memory */
    public static void require(String name, ElementType type, long[] shape, MemorySegment memory) {
        if (bytes(name, type, shape) != memory.byteSize()) {
            throw misfit(name, type, shape, memory);
        }
    }

    /** @throws ForetokenException INVALID_REQUEST when the memory does not hold so many strings */
    public static void requireStrings(String name, long[] shape, MemorySegment memory) {
        bytes(name, ElementType.BYTES, shape);
        if (BytesElements.count(memory) != TensorSize.elements(sizes(shape))) {
            throw misfit(name, ElementType.BYTES, shape, memory);
        }
    }

    private static List<Long> sizes(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }

    private static ForetokenException misfit(String name, ElementType type, long[] shape, MemorySegment memory) {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST,
                "Tensor %s of type %s and shape %s does not fit %d bytes"
                        .formatted(name, type, Arrays.toString(shape), memory.byteSize()));
    }
}
