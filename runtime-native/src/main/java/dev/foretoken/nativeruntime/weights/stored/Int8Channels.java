package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * An int8 matrix of the compressed-tensors format with one scale per output.
 *
 * @param values int8 [rows, columns]
 * @param scales one group
 */
record Int8Channels(MemorySegment values, GroupScales scales, int rows, int columns) implements ChannelRows {
    private static final int ZERO = 128;

    static LocatedMatrix locate(MatrixRef ref, StoredTensor values, StoredTensors tensors) {
        if (ref.columns() > ChannelPanels.MAX_COLUMNS) {
            throw StoredTensors.unsupported("tensor %s has elements of type I8 and %d columns; supported are %d"
                    .formatted(ref.tensor(), ref.columns(), ChannelPanels.MAX_COLUMNS));
        }
        StoredTensor scales = tensors.requireFloats(ref.tensor() + "_scale", ref.rows(), 1);
        return new LocatedMatrix(
                List.of(values, scales),
                scratch -> new StoredMatrix.Channels(new Int8Channels(
                        values.data(), GroupScales.byOutput(scales, ref.rows(), 1), ref.rows(), ref.columns())));
    }

    @Override
    public float read(int row, byte[] codes) {
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, (long) row * columns, codes, 0, columns);
        for (int k = 0; k < columns; k++) {
            codes[k] = (byte) (codes[k] + ZERO);
        }
        return scales.at(row, 0);
    }
}
