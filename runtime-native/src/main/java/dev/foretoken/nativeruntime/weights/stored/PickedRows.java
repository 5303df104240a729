package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/** Some rows of a larger matrix. */
record PickedRows(CodedRows whole, MatrixRef ref) implements CodedRows {

    PickedRows {
        ViewedMatrix.requireWholeRows(ref);
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
    public BlockFormat format() {
        return whole.format();
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        whole.read(ref.storedRow(row), codes, scales, minimums);
    }
}
