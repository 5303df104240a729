package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Rows of an encoded tensor as BF16: what is left to do where a model takes a tensor with its rows as inputs. */
final class DecodedRows {

    private DecodedRows() {}

    /** Whether the rows of a tensor can be decoded one by one. */
    static boolean decodes(StoredMatrix whole) {
        return switch (whole) {
            case StoredMatrix.Blocks b -> true;
            case StoredMatrix.Fp8 f -> true;
            case StoredMatrix.Floats f -> false;
            case StoredMatrix.Reordered r -> false;
            case StoredMatrix.Channels c -> false;
        };
    }

    /** {@code ref}: of whole rows. */
    static RowTable of(StoredMatrix whole, MatrixRef ref, Arena scratch) {
        MemorySegment made = scratch.allocate(ref.elements() * FloatType.BF16.bytes(), 64);
        switch (whole) {
            case StoredMatrix.Blocks(CodedRows rows) -> blocks(new PickedRows(rows, ref), made);
            case StoredMatrix.Fp8(E4m3Rows rows) -> fp8(new PickedFp8(rows, ref), made);
            case StoredMatrix.Floats f -> throw new IllegalArgumentException("floats are decoded");
            case StoredMatrix.Reordered r -> throw new IllegalArgumentException("rows out of order stay encoded");
            case StoredMatrix.Channels c -> throw new IllegalArgumentException("channels stay encoded");
        }
        return new RowTable(FloatType.BF16, made, ref.rows(), ref.columns());
    }

    private static void fp8(E4m3Rows rows, MemorySegment out) {
        byte[] codes = new byte[rows.columns()];
        float[] scales = new float[Math.ceilDiv(rows.columns(), rows.block())];
        for (int row = 0; row < rows.rows(); row++) {
            rows.read(row, codes, scales);
            for (int k = 0; k < codes.length; k++) {
                float value = scales[k / rows.block()] * E4m3.value(codes[k]);
                FloatType.BF16.store(out, (long) row * codes.length + k, value);
            }
        }
    }

    private static void blocks(CodedRows rows, MemorySegment out) {
        int block = rows.format().block();
        byte[] codes = new byte[rows.columns()];
        float[] scales = new float[rows.columns() / block];
        float[] minimums = new float[rows.columns() / block];
        for (int row = 0; row < rows.rows(); row++) {
            rows.read(row, codes, scales, minimums);
            for (int k = 0; k < codes.length; k++) {
                float minimum = rows.format().minimum() ? minimums[k / block] : 0;
                float value = scales[k / block] * rows.format().value(codes[k] & 0xff) + minimum;
                FloatType.BF16.store(out, (long) row * codes.length + k, value);
            }
        }
    }
}
