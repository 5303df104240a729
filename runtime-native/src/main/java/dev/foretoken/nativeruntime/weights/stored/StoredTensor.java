package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a checkpoint.
 *
 * @param data as many bytes as shape and type take
 */
public record StoredTensor(String name, StoredType type, List<Long> shape, MemorySegment data) {
    public StoredTensor {
        shape = List.copyOf(shape);
    }

    public boolean hasShape(long... expected) {
        return shape.equals(Arrays.stream(expected).boxed().toList());
    }

    /** The element type; only for tensors that were checked to be of one that is computed with. */
    public FloatType floats() {
        return type.computable().orElseThrow();
    }

    /** A whole number of a U16, I32 or I64 tensor, or of an F32 tensor of whole numbers; MODEL_UNSUPPORTED if it is of another type. */
    long wholeNumber(long index) {
        return switch (type) {
            case U16 -> data.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES) & 0xFFFF;
            case F32 -> exact(data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, index * Float.BYTES));
            case I32 -> data.get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
            case I64 -> data.get(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES);
            default -> throw StoredTensors.wrongType(this, "F32, U16, I32 and I64");
        };
    }

    private long exact(float number) {
        if (number != Math.rint(number)) {
            throw StoredTensors.corrupt("tensor %s has %s where a whole number belongs".formatted(name, number));
        }
        return (long) number;
    }

    /** Its floats as rows. */
    public RowTable table(int rows, int columns) {
        return new RowTable(floats(), data, rows, columns);
    }
}
