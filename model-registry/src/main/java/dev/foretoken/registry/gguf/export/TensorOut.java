package dev.foretoken.registry.gguf.export;

import dev.foretoken.registry.gguf.GgmlType;
import java.util.List;

/**
 * A tensor to be written.
 *
 * @param columns elements of a row, contiguous in the file; whole blocks of {@code type}
 * @param rows 1 for a vector
 * @param vector written with one dimension
 * @param values gives the rows in the file's order
 */
record TensorOut(String name, GgmlType type, int columns, long rows, boolean vector, Rows values) {

    /** Fills {@code out}, fp32 [columns], with a row of the file. */
    @FunctionalInterface
    interface Rows {
        void read(long row, float[] out);
    }

    /** The contiguous one first. */
    List<Long> dimensions() {
        return vector ? List.of((long) columns) : List.of((long) columns, rows);
    }

    int rowBytes() {
        return columns / type.blockElements() * type.blockBytes();
    }

    long bytes() {
        return rows * rowBytes();
    }
}
