package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.BlockTables;
import dev.foretoken.nativeruntime.kernels.layout.StateBatch;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/** Batches over slots, and states to go with them. */
final class StateRows {
    private StateRows() {}

    /** One row of a step. */
    record Row(int offset, int tokens, int first, int prompt, int slot) {}

    static StateBatch batch(KernelCase data, Row... rows) {
        int[] order = IntStream.range(0, rows.length).toArray();
        return new StateBatch(
                rows.length,
                data.ints(column(rows, Row::offset)),
                data.ints(column(rows, Row::tokens)),
                data.ints(column(rows, Row::first)),
                data.ints(column(rows, Row::prompt)),
                new BlockTables(data.ints(column(rows, Row::slot)), data.ints(order), data.ints(order), 1));
    }

    private static int[] column(Row[] rows, java.util.function.ToIntFunction<Row> field) {
        return java.util.Arrays.stream(rows).mapToInt(field).toArray();
    }

    /** All slots as those of sequences without tokens. */
    static StateLayer zeros(KernelCase data, int slots, int floats) {
        return new StateLayer(data.floats((long) slots * floats, () -> 0), slots, floats);
    }

    static StateLayer copy(KernelCase data, StateLayer state) {
        MemorySegment copy = data.poisoned((long) state.slots() * state.floats());
        copy.copyFrom(state.data());
        return new StateLayer(copy, state.slots(), state.floats());
    }

    /** [rows][width] of fp32 memory, widened. */
    static double[][] matrix(MemorySegment source, int rows, int width) {
        return slice(source, rows, width, 0, width);
    }

    /** Columns [first, first + count) of fp32 [rows, width], widened. */
    static double[][] slice(MemorySegment source, int rows, int width, int first, int count) {
        double[][] matrix = new double[rows][count];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < count; i++) {
                matrix[row][i] = source.get(JAVA_FLOAT_UNALIGNED, 4L * ((long) row * width + first + i));
            }
        }
        return matrix;
    }

    static double[] vector(MemorySegment source, int count) {
        return matrix(source, 1, count)[0];
    }

    /** Columns [first, first + count) of {@code actual}, fp32 [rows, width], against {@code expected}, within {@code budget} of the largest. */
    static void near(MemorySegment actual, int width, int first, double[][] expected, double budget, String what) {
        double largest = 1e-6;
        for (double[] row : expected) {
            for (double value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                double found = actual.get(JAVA_FLOAT_UNALIGNED, 4L * ((long) row * width + first + i));
                org.assertj.core.api.Assertions.assertThat(found)
                        .as("%s, row %d, element %d", what, row, first + i)
                        .isCloseTo(expected[row][i], org.assertj.core.api.Assertions.within(budget * largest));
            }
        }
    }
}
