package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** Writes the elements of one input in their order and refuses what its type cannot hold. For one thread. */
public final class ElementWriter {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String name;
    private final ElementType type;
    private final List<Long> shape;
    private final long elements;
    private final TensorMemory memory;
    private final MemorySegment data;
    private final TextElements texts = new TextElements();
    private long written;

    /** @throws ForetokenException INVALID_REQUEST, PAYLOAD_TOO_LARGE for the shape */
    public ElementWriter(String name, ElementType type, List<Long> shape, TensorMemory memory) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.memory = memory;
        this.elements = memory.elements(name, type, shape);
        this.data = type == ElementType.BYTES ? MemorySegment.NULL : memory.allocate(name, elements * type.bytes());
    }

    /** The tensor, once every element is there. @throws ForetokenException INVALID_REQUEST when elements are missing */
    public Tensor finish() {
        if (written != elements) {
            throw wrongCount(Long.toString(written));
        }
        return new Tensor(name, type, shape, type == ElementType.BYTES ? texts.in(memory, name) : data);
    }

    /** @throws ForetokenException INVALID_REQUEST as for every element: when it is one too many, or not of the type */
    public void put(boolean value) {
        if (type != ElementType.BOOL) {
            throw wrong("a truth value");
        }
        data.set(ValueLayout.JAVA_BYTE, next(), (byte) (value ? 1 : 0));
    }

    public void put(byte[] value) {
        if (type != ElementType.BYTES) {
            throw wrong("a string");
        }
        next();
        memory.requireRoom(name, texts.size() + BytesElements.size(value.length));
        texts.add(value);
    }

    public void put(long value) {
        switch (type) {
            case BOOL -> data.set(ValueLayout.JAVA_BYTE, next(), (byte) ranged(value, 0, 1));
            case UINT8 -> data.set(ValueLayout.JAVA_BYTE, next(), (byte) ranged(value, 0, 0xff));
            case UINT16 -> data.set(SHORT, 2 * next(), (short) ranged(value, 0, 0xffff));
            case UINT32 -> data.set(INT, 4 * next(), (int) ranged(value, 0, 0xffff_ffffL));
            case UINT64 -> data.set(LONG, 8 * next(), ranged(value, 0, Long.MAX_VALUE));
            case INT8 -> data.set(ValueLayout.JAVA_BYTE, next(), (byte) ranged(value, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case INT16 -> data.set(SHORT, 2 * next(), (short) ranged(value, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> data.set(INT, 4 * next(), (int) ranged(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> data.set(LONG, 8 * next(), value);
            case FP16, BF16, FP32, FP64 -> put((double) value);
            case BYTES -> throw wrong("the number " + value);
        }
    }

    /** @param bits of an unsigned number of 64 bits */
    public void putUnsigned(long bits) {
        if (type == ElementType.UINT64) {
            data.set(LONG, 8 * next(), bits);
        } else if (bits >= 0) {
            put(bits);
        } else {
            next();
            throw outside(Long.toUnsignedString(bits));
        }
    }

    public void put(double value) {
        switch (type) {
            case FP16 -> {
                short bits = Float.floatToFloat16((float) value);
                data.set(SHORT, 2 * next(), bits);
                checkFinite(value, Float.float16ToFloat(bits));
            }
            case BF16 -> {
                short bits = HalfFloats.bf16((float) value);
                data.set(SHORT, 2 * next(), bits);
                checkFinite(value, HalfFloats.ofBf16(bits));
            }
            case FP32 -> {
                data.set(FLOAT, 4 * next(), (float) value);
                checkFinite(value, (float) value);
            }
            case FP64 -> data.set(DOUBLE, 8 * next(), value);
            case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BYTES ->
                throw wrong("the number " + value);
        }
    }

    private long next() {
        if (written == elements) {
            throw wrongCount("more");
        }
        return written++;
    }

    private long ranged(long value, long min, long max) {
        if (value < min || value > max) {
            throw outside(Long.toString(value));
        }
        return value;
    }

    /** Infinities are values of every floating-point type; what only becomes one there is too large. */
    private void checkFinite(double value, float stored) {
        if (Float.isInfinite(stored) && !Double.isInfinite(value)) {
            throw outside(Double.toString(value));
        }
    }

    /** Of the element whose place was taken last. */
    private ForetokenException outside(String found) {
        return TensorMemory.invalid(
                name, "has " + found + " as element " + (written - 1) + ", which " + type + " cannot hold");
    }

    private ForetokenException wrong(String found) {
        return TensorMemory.invalid(name, "has " + found + " as element " + written + ", expected one of " + type);
    }

    private ForetokenException wrongCount(String found) {
        return TensorMemory.invalid(name, "has " + found + " elements, but its shape " + shape + " has " + elements);
    }
}
