package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/** Some rows of a larger matrix. */
record PickedChannels(ChannelRows whole, MatrixRef ref) implements ChannelRows {

    PickedChannels {
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
    public float read(int row, byte[] codes) {
        return whole.read(ref.storedRow(row), codes);
    }
}
