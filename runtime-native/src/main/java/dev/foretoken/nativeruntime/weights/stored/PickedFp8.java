package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/** Some rows of a larger matrix. */
record PickedFp8(E4m3Rows whole, MatrixRef ref) implements E4m3Rows {

    PickedFp8 {
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
    public int block() {
        return whole.block();
    }

    @Override
    public void read(int row, byte[] codes, float[] scales) {
        whole.read(ref.storedRow(row), codes, scales);
    }
}
