package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import java.util.Optional;

/** {@link GroupedMatrix} as packers want it. */
record GroupedRows(GroupedMatrix source, BlockFormat format) implements CodedRows {

    @Override
    public int rows() {
        return source.ref().rows();
    }

    @Override
    public int columns() {
        return source.ref().columns();
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        readCodes(row, codes);
        for (int block = 0; block < scales.length; block++) {
            int group = source.inputs().groupOfBlock(block);
            scales[block] = source.scales().at(row, group);
            minimums[block] = scales[block] * source.shift(row, group);
        }
    }

    private void readCodes(int row, byte[] codes) {
        Optional<InputOrder> order = source.inputs().order();
        if (order.isEmpty()) {
            source.codes().read(row, codes);
            return;
        }
        byte[] stored = new byte[codes.length];
        source.codes().read(row, stored);
        order.get().apply(stored, codes);
    }
}
