package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;

/**
 * MXFP4 (OCP microscaling formats 1.0), kept exactly: blocks of 32 E2M1 numbers, two to a byte, the lower nibble first, and a power of two for
 * each block. The power is halved because the book has doubled values.
 *
 * @param values uint8 [rows, columns / 2]
 * @param scales uint8 [rows, columns / 32], E8M0: an exponent with bias 127
 */
record Mxfp4Rows(String tensor, MemorySegment values, MemorySegment scales, int rows, int columns)
        implements CodedRows {
    static final int BLOCK = 32;

    /** Beyond it the largest number of a block is no float; 255 is NaN. */
    private static final int LARGEST_EXPONENT = 252;

    private static final BlockFormat FORMAT = new BlockFormat(4, BLOCK, FloatType.BF16, false, CodeBook.MXFP4);

    /** {@code inner}: the dimensions of values that follow the rows. */
    static LocatedMatrix locate(
            MatrixRef ref, StoredTensors tensors, String valuesName, String scalesName, long... inner) {
        if (!FORMAT.fits(ref.columns())) {
            throw StoredTensors.unsupported("matrix %s has %d inputs; in MXFP4 they must be a multiple of %d"
                    .formatted(ref.tensor(), ref.columns(), BLOCK));
        }
        StoredTensor values = tensors.require(StoredType.U8, valuesName, shape(ref, inner));
        StoredTensor scales = tensors.require(scalesName, shape(ref, ref.columns() / BLOCK));
        if (scales.type() != StoredType.U8 && scales.type() != StoredType.F8_E8M0) {
            throw StoredTensors.wrongType(scales, "U8 and F8_E8M0");
        }
        return new LocatedMatrix(
                List.of(values, scales),
                scratch -> new StoredMatrix.Blocks(
                        new Mxfp4Rows(valuesName, values.data(), scales.data(), ref.rows(), ref.columns())));
    }

    private static long[] shape(MatrixRef ref, long... inner) {
        LongStream outer =
                ref.shape().subList(0, ref.shape().size() - 1).stream().mapToLong(Long::longValue);
        return LongStream.concat(outer, LongStream.of(inner)).toArray();
    }

    @Override
    public BlockFormat format() {
        return FORMAT;
    }

    @Override
    public void read(int row, byte[] codes, float[] factors, float[] minimums) {
        byte[] pairs = new byte[columns / 2];
        MemorySegment.copy(values, ValueLayout.JAVA_BYTE, (long) row * pairs.length, pairs, 0, pairs.length);
        for (int i = 0; i < pairs.length; i++) {
            codes[2 * i] = (byte) (pairs[i] & 15);
            codes[2 * i + 1] = (byte) (pairs[i] >>> 4 & 15);
        }
        for (int block = 0; block < factors.length; block++) {
            int exponent = scales.get(ValueLayout.JAVA_BYTE, (long) row * factors.length + block) & 0xFF;
            if (exponent > LARGEST_EXPONENT) {
                throw StoredTensors.corrupt("block %d in row %d of tensor %s has the exponent %d, must be at most %d"
                        .formatted(block, row, tensor, exponent, LARGEST_EXPONENT));
            }
            factors[block] = Math.scalb(1f, exponent - 128);
        }
    }
}
