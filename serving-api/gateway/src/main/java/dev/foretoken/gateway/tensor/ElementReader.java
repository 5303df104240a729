package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads the elements of an output in their order. For one thread. */
public final class ElementReader {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ElementType type;
    private final MemorySegment data;
    private long at;

    public ElementReader(Tensor tensor) {
        this.type = tensor.type();
        this.data = tensor.data();
    }

    public boolean hasNext() {
        return at < data.byteSize();
    }

    /** Of an integer or truth value; of UINT64 its bits. */
    public long integer() {
        long from = at;
        at += type.bytes();
        return switch (type) {
            case BOOL, UINT8 -> data.get(ValueLayout.JAVA_BYTE, from) & 0xff;
            case UINT16 -> Short.toUnsignedLong(data.get(SHORT, from));
            case UINT32 -> Integer.toUnsignedLong(data.get(INT, from));
            case UINT64, INT64 -> data.get(LONG, from);
            case INT8 -> data.get(ValueLayout.JAVA_BYTE, from);
            case INT16 -> data.get(SHORT, from);
            case INT32 -> data.get(INT, from);
            case FP16, BF16, FP32, FP64, BYTES -> throw new IllegalStateException("no integers in " + type);
        };
    }

    /** Of FP16, BF16 or FP32. */
    public float real() {
        long from = at;
        at += type.bytes();
        return switch (type) {
            case FP16 -> Float.float16ToFloat(data.get(SHORT, from));
            case BF16 -> HalfFloats.ofBf16(data.get(SHORT, from));
            case FP32 -> Float.intBitsToFloat(data.get(INT, from));
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP64, BYTES ->
                throw new IllegalStateException("no floats in " + type);
        };
    }

    /** Of FP64. */
    public double real64() {
        at += Double.BYTES;
        return Double.longBitsToDouble(data.get(LONG, at - Double.BYTES));
    }

    /** Of BYTES. */
    public byte[] bytes() {
        byte[] out = BytesElements.slice(data, at).toArray(ValueLayout.JAVA_BYTE);
        at += BytesElements.size(out.length);
        return out;
    }
}
