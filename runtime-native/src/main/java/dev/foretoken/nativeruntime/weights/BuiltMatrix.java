package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.ExpandedProduct;
import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.StackedRows;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/** Matrices of a plan as they are packed: as stored, or put together of what is stored. Memory is taken from {@code scratch}. */
record BuiltMatrix(WeightSource source, Arena scratch) {

    StoredMatrix of(Matrix matrix) {
        return switch (matrix) {
            case MatrixRef ref -> source.matrix(ref, scratch);
            case JoinedColumns(var parts) -> new StoredMatrix.Floats(joined(parts));
            case StackedRows(var parts) -> new StoredMatrix.Floats(stacked(parts));
            case ExpandedProduct(SparseProduct product) -> new StoredMatrix.Floats(expanded(product));
        };
    }

    /** MODEL_UNSUPPORTED where it is quantized. */
    RowTable floats(MatrixRef ref) {
        if (source.matrix(ref, scratch) instanceof StoredMatrix.Floats(RowTable table)) {
            return table;
        }
        throw StoredTensors.unsupported(
                "tensor %s is quantized, and this recipe puts a matrix together of parts of it; take the checkpoint that is not quantized"
                        .formatted(ref.tensor()));
    }

    private static FloatType type(List<RowTable> parts) {
        FloatType first = parts.getFirst().type();
        return parts.stream().allMatch(table -> table.type() == first) ? first : FloatType.F32;
    }

    /** In the type of the parts, or in fp32 where they differ. */
    private RowTable joined(List<MatrixRef> parts) {
        List<RowTable> tables = parts.stream().map(this::floats).toList();
        FloatType type = type(tables);
        int rows = tables.getFirst().rows();
        int columns = tables.stream().mapToInt(RowTable::columns).sum();
        MemorySegment data = scratch.allocate((long) rows * columns * type.bytes(), 64);
        IntStream.range(0, rows).parallel().forEach(row -> {
            long at = (long) row * columns;
            for (RowTable table : tables) {
                at = copy(table, row, type, data, at);
            }
        });
        return new RowTable(type, data, rows, columns);
    }

    /** As {@link #joined}. */
    private RowTable stacked(List<MatrixRef> parts) {
        List<RowTable> tables = parts.stream().map(this::floats).toList();
        FloatType type = type(tables);
        int rows = tables.stream().mapToInt(RowTable::rows).sum();
        int columns = tables.getFirst().columns();
        MemorySegment data = scratch.allocate((long) rows * columns * type.bytes(), 64);
        long at = 0;
        for (RowTable table : tables) {
            for (int row = 0; row < table.rows(); row++) {
                at = copy(table, row, type, data, at);
            }
        }
        return new RowTable(type, data, rows, columns);
    }

    /** Returns where the next element belongs. */
    private static long copy(RowTable table, int row, FloatType type, MemorySegment data, long first) {
        for (int column = 0; column < table.columns(); column++) {
            type.store(data, first + column, table.at(row, column));
        }
        return first + table.columns();
    }

    /** Each row is a sum of basis vectors, in fp32. */
    private RowTable expanded(SparseProduct product) {
        RowTable basis = floats(product.basis());
        RowTable values = floats(product.values());
        MemorySegment places = source.places(product.places(), scratch);
        int columns = product.columns();
        MemorySegment data = scratch.allocate((long) product.rows() * columns * Float.BYTES, 64);
        IntStream.range(0, product.rows()).parallel().forEach(row -> {
            float[] sum = new float[columns];
            float[] vector = new float[columns];
            for (int term = 0; term < product.terms(); term++) {
                int place = places.getAtIndex(ValueLayout.JAVA_INT, (long) row * product.terms() + term);
                basis.read(place, vector);
                float value = values.at(row, term);
                for (int column = 0; column < columns; column++) {
                    sum[column] = Math.fma(value, vector[column], sum[column]);
                }
            }
            MemorySegment.copy(sum, 0, data, ValueLayout.JAVA_FLOAT, (long) row * columns * Float.BYTES, columns);
        });
        return new RowTable(FloatType.F32, data, product.rows(), columns);
    }
}
