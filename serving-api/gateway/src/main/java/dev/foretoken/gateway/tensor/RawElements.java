package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Tensors that come as the bytes they are: checks that the bytes are what type and shape promise. */
public final class RawElements {

    static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RawElements() {}

    /** @throws ForetokenException INVALID_REQUEST when so many bytes cannot be so many elements */
    public static void checkSize(String tensor, ElementType type, long elements, long bytes) {
        if (type == ElementType.BYTES) {
            if (bytes < elements * Integer.BYTES) {
                throw TensorMemory.invalid(
                        tensor,
                        "has " + bytes + " bytes, but " + elements + " elements of BYTES need 4 each for their length");
            }
        } else if (bytes != elements * type.bytes()) {
            throw TensorMemory.invalid(
                    tensor,
                    "has " + bytes + " bytes, but its shape has " + elements + " elements of " + type + ", which need "
                            + elements * type.bytes());
        }
    }

    /** @throws ForetokenException INVALID_REQUEST when elements of variable length do not end where the bytes end */
    public static void checkContent(String tensor, ElementType type, long elements, MemorySegment data) {
        if (type != ElementType.BYTES) {
            return;
        }
        long at = 0;
        for (long i = 0; i < elements; i++) {
            long left = data.byteSize() - at - Integer.BYTES;
            long length = left < 0 ? 0 : Integer.toUnsignedLong(data.get(LENGTH, at));
            if (left < 0 || length > left) {
                throw TensorMemory.invalid(
                        tensor, "ends within element " + i + " of " + elements + ": its bytes are not those of BYTES");
            }
            at += Integer.BYTES + length;
        }
        if (at != data.byteSize()) {
            throw TensorMemory.invalid(
                    tensor, "has " + (data.byteSize() - at) + " bytes after its last element, number " + elements);
        }
    }
}
