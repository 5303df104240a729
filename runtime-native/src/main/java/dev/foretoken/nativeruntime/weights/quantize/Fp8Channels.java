package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.nativeruntime.kernels.layout.E4m3;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;

/** E4M3 with one scale per row: its largest magnitude becomes the largest number of the type; to the nearest, ties to even. */
record Fp8Channels(FloatRows source) implements E4m3Rows {

    @Override
    public int rows() {
        return source.table().rows();
    }

    @Override
    public int columns() {
        return source.table().columns();
    }

    @Override
    public int block() {
        return columns();
    }

    @Override
    public void read(int row, byte[] codes, float[] scales) {
        float[] weights = source.read(row);
        float scale = FloatRows.largest(weights, 0, weights.length) / E4m3.LARGEST;
        float inverse = FloatRows.inverse(scale);
        scales[0] = scale;
        for (int k = 0; k < weights.length; k++) {
            codes[k] = E4m3.nearest(weights[k] * inverse);
        }
    }
}
