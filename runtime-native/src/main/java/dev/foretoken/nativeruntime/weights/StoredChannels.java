package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An int8 matrix of the compressed-tensors format. Its quantizer may use -128 for the least weight of a row; it becomes -127, the least value
 * that kernels take.
 *
 * @param values int8 [rows, columns]
 * @param scales [rows, 1]
 */
record StoredChannels(MemorySegment values, RowTable scales, int rows, int columns) implements ChannelRows {
    private static final int ZERO = 128;

    @Override
    public float read(int row, byte[] codes) {
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, (long) row * columns, codes, 0, columns);
        for (int k = 0; k < columns; k++) {
            codes[k] = (byte) (Math.max(codes[k], -127) + ZERO);
        }
        return scales.at(row, 0);
    }
}
