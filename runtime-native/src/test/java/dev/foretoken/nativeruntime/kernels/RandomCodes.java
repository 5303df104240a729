package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A quantized matrix of random codes; scales and minimums are small powers of two, so that every type holds them and sums are exact. */
record RandomCodes(BlockFormat format, int rows, int columns, byte[][] codes, float[][] scales, float[][] minimums)
        implements CodedRows {

    static RandomCodes of(BlockFormat format, int rows, int columns, RandomGenerator random) {
        int blocks = columns / format.block();
        RandomCodes made = new RandomCodes(
                format, rows, columns, new byte[rows][columns], new float[rows][blocks], new float[rows][blocks]);
        for (int row = 0; row < rows; row++) {
            for (int k = 0; k < columns; k++) {
                made.codes[row][k] = (byte) (format.bits() == 8 ? random.nextInt(256) : random.nextInt(16));
            }
            for (int b = 0; b < blocks; b++) {
                made.scales[row][b] = Math.scalb(random.nextBoolean() ? 1f : -1f, random.nextInt(-3, 1));
                made.minimums[row][b] = format.minimum() ? random.nextInt(-8, 9) / 8f : 0;
            }
        }
        return made;
    }

    /** Every format there is. */
    static List<BlockFormat> formats() {
        List<BlockFormat> formats = new ArrayList<>();
        for (int block : new int[] {16, 32, 64, 128}) {
            for (FloatType scaleType : FloatType.values()) {
                for (boolean minimum : new boolean[] {false, true}) {
                    formats.add(new BlockFormat(8, block, scaleType, minimum, CodeBook.LINEAR));
                    for (CodeBook book : CodeBook.values()) {
                        formats.add(new BlockFormat(4, block, scaleType, minimum, book));
                    }
                }
            }
        }
        return formats;
    }

    int code(int row, int k) {
        return codes[row][k] & 0xff;
    }

    /** In double: exact. */
    double weight(int row, int k) {
        int b = k / format.block();
        return (double) scales[row][b] * format.value(code(row, k)) + minimums[row][b];
    }

    @Override
    public void read(int row, byte[] into, float[] scalesInto, float[] minimumsInto) {
        System.arraycopy(codes[row], 0, into, 0, columns);
        System.arraycopy(scales[row], 0, scalesInto, 0, scalesInto.length);
        System.arraycopy(minimums[row], 0, minimumsInto, 0, minimumsInto.length);
    }
}
