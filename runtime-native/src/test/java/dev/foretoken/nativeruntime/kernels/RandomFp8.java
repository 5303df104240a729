package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import java.util.SplittableRandom;

/** Every byte but NaN, with scales as they come out of quantizers; a quarter of the rows has subnormal numbers everywhere. */
record RandomFp8(byte[][] codes, float[][] scales, int columns, int block) implements E4m3Rows {

    static RandomFp8 of(int rows, int columns, int block, SplittableRandom random) {
        byte[][] codes = new byte[rows][columns];
        float[][] scales = new float[rows][Math.ceilDiv(columns, block)];
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                int magnitude = row % 4 == 3 ? random.nextInt(9) : random.nextInt(127);
                codes[row][k] = (byte) (magnitude | random.nextInt(2) << 7);
            }
            for (int b = 0; b < scales[row].length; b++) {
                scales[row][b] = (float) random.nextDouble(0.001, 0.01);
            }
        }
        return new RandomFp8(codes, scales, columns, block);
    }

    static Fp8Panels panels(KernelCase data, int rows, int columns, int block) {
        return Fp8Panels.pack(of(rows, columns, block, data.random), data.arena);
    }

    @Override
    public int rows() {
        return codes.length;
    }

    @Override
    public void read(int row, byte[] into, float[] scalesInto) {
        System.arraycopy(codes[row], 0, into, 0, columns);
        System.arraycopy(scales[row], 0, scalesInto, 0, scalesInto.length);
    }
}
