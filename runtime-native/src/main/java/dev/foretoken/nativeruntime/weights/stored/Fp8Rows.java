package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * An FP8 matrix. Its bytes and factors are kept where its blocks divide into what kernels sum at once; otherwise it becomes BF16, which keeps 8
 * bits of the product of a value, of 4 significant bits, with its factor: a weight is then off by at most 2^-8 of itself (and 2^-24 from the
 * product).
 *
 * @param values E4M3 [rows, columns]
 * @param factors one for every block of {@code blockRows} and {@code blockColumns}
 */
record Fp8Rows(MatrixRef ref, MemorySegment values, RowTable factors, int blockRows, int blockColumns)
        implements E4m3Rows {

    StoredMatrix stored(Arena scratch) {
        return Fp8Panels.fits(block(), columns())
                ? new StoredMatrix.Fp8(this)
                : new StoredMatrix.Floats(decoded(scratch));
    }

    @Override
    public int rows() {
        return ref.rows();
    }

    @Override
    public int columns() {
        return ref.columns();
    }

    @Override
    public int block() {
        return Math.min(blockColumns, ref.columns());
    }

    @Override
    public void read(int row, byte[] codes, float[] scales) {
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, (long) row * columns(), codes, 0, columns());
        for (int b = 0; b < scales.length; b++) {
            scales[b] = factors.at(row / blockRows, b);
        }
        for (int k = 0; k < codes.length; k++) {
            finite(row, E4m3.value(codes[k]) * scales[k / block()]);
        }
    }

    private float finite(int row, float weight) {
        if (!Float.isFinite(weight)) {
            throw StoredTensors.corrupt(
                    "row %d of tensor %s holds %s, weights must be finite".formatted(row, ref.tensor(), weight));
        }
        return weight;
    }

    private RowTable decoded(Arena scratch) {
        long bytes = (long) rows() * columns() * FloatType.BF16.bytes();
        RowTable table = new RowTable(FloatType.BF16, scratch.allocate(bytes, 64), rows(), columns());
        IntStream.range(0, rows()).parallel().forEach(row -> decode(row, table));
        return table;
    }

    private void decode(int row, RowTable table) {
        short[] rounded = new short[columns()];
        for (int k = 0; k < rounded.length; k++) {
            byte code = values.get(ValueLayout.JAVA_BYTE, (long) row * columns() + k);
            rounded[k] =
                    FloatType.toBf16(finite(row, E4m3.value(code) * factors.at(row / blockRows, k / blockColumns)));
        }
        long start = (long) row * columns() * FloatType.BF16.bytes();
        MemorySegment.copy(rounded, 0, table.data(), ValueLayout.JAVA_SHORT_UNALIGNED, start, rounded.length);
    }
}
