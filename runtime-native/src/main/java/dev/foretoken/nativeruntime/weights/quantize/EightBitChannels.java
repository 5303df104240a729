package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;

/** 8 bits with one scale per row: its largest magnitude becomes 127; to the nearest, ties to even. */
record EightBitChannels(FloatRows source) implements ChannelRows {
    private static final int ZERO = 128;

    @Override
    public int rows() {
        return source.table().rows();
    }

    @Override
    public int columns() {
        return source.table().columns();
    }

    @Override
    public float read(int row, byte[] codes) {
        float[] weights = source.read(row);
        float scale = FloatRows.largest(weights, 0, weights.length) / 127;
        float inverse = FloatRows.inverse(scale);
        for (int k = 0; k < weights.length; k++) {
            codes[k] = (byte) ((int) Math.rint(weights[k] * inverse) + ZERO);
        }
        return scale;
    }
}
