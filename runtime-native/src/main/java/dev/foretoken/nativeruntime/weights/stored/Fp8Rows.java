package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * An FP8 matrix, which becomes BF16: kernels do not compute from FP8. A value has 4 significant bits and BF16 keeps 8 of its product with the
 * factor, so that a weight is off by at most 2^-8 of itself (and 2^-24 from the product); 2^-4 is what FP8 itself costs.
 *
 * @param values E4M3 [rows, columns]
 * @param factors one for every block of {@code blockRows} and {@code blockColumns}
 */
record Fp8Rows(MatrixRef ref, MemorySegment values, RowTable factors, int blockRows, int blockColumns) {

    RowTable decoded(Arena scratch) {
        long bytes = (long) ref.rows() * ref.columns() * FloatType.BF16.bytes();
        RowTable table = new RowTable(FloatType.BF16, scratch.allocate(bytes, 64), ref.rows(), ref.columns());
        float[] numbers = numbers();
        IntStream.range(0, ref.rows()).parallel().forEach(row -> decode(row, numbers, table));
        return table;
    }

    private void decode(int row, float[] numbers, RowTable table) {
        int columns = ref.columns();
        byte[] stored = new byte[columns];
        short[] rounded = new short[columns];
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, (long) row * columns, stored, 0, columns);
        for (int k = 0; k < columns; k++) {
            float weight = numbers[stored[k] & 0xFF] * factors.at(row / blockRows, k / blockColumns);
            if (!Float.isFinite(weight)) {
                throw StoredTensors.corrupt(
                        "row %d of tensor %s holds %s, weights must be finite".formatted(row, ref.tensor(), weight));
            }
            rounded[k] = FloatType.toBf16(weight);
        }
        MemorySegment.copy(
                rounded, 0, table.data(), ValueLayout.JAVA_SHORT_UNALIGNED, (long) row * columns * 2, columns);
    }

    /** What each byte means. */
    private static float[] numbers() {
        float[] numbers = new float[256];
        for (int code = 0; code < numbers.length; code++) {
            numbers[code] = number(code);
        }
        return numbers;
    }

    /** Sign, 4 bits of exponent with bias 7, 3 bits of fraction; no infinities, all ones are NaN. */
    private static float number(int code) {
        int exponent = code >>> 3 & 15;
        int fraction = code & 7;
        if ((code & 127) == 127) {
            return Float.NaN;
        }
        float magnitude = exponent == 0 ? Math.scalb((float) fraction, -9) : Math.scalb(8f + fraction, exponent - 10);
        return code < 128 ? magnitude : -magnitude;
    }
}
