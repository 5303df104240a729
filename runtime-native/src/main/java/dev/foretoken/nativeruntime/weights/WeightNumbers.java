package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads weights of a source as fp32 numbers, for what is computed from them once. */
public record WeightNumbers(WeightSource source) {

    /**
     * [rows * columns], row by row.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED where it is quantized
     */
    public float[] matrix(MatrixRef ref) {
        float[] numbers = new float[Math.toIntExact(ref.elements())];
        try (Arena scratch = Arena.ofShared()) {
            RowTable table = new BuiltMatrix(source, scratch).floats(ref);
            for (int row = 0; row < ref.rows(); row++) {
                for (int column = 0; column < ref.columns(); column++) {
                    numbers[row * ref.columns() + column] = table.at(row, column);
                }
            }
        }
        return numbers;
    }

    /** [size]. */
    public float[] vector(VectorRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            MemorySegment stored = source.vector(ref, scratch);
            return stored.toArray(ValueLayout.JAVA_FLOAT);
        }
    }
}
