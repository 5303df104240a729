package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodeBook;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Integers with a scale, and perhaps a zero point, for every output and group of inputs: {@code weight = scale * (code - zero)}. GPTQ, AWQ and
 * compressed-tensors all mean this, packed in three ways.
 *
 * <p>Kept in blocks without loss. Where every zero point is the middle of the range, scales stay as they are stored. Else {@code minimum =
 * scale * (middle - zero)} is added, and both are F32: products of an f16 or bf16 scale and differences of codes have at most 20 significant
 * bits, so they, and their sum, are exact. With F32 scales the products are rounded, by 2^-24 of {@code scale * 2^bits} each.
 *
 * <p>A matrix whose groups cannot be cut into blocks of 16 becomes F32: as exact, eight times as large.
 *
 * @param zeros by output and group; null: the middle
 */
record GroupedMatrix(
        MatrixRef ref,
        PackedInts codes,
        GroupScales scales,
        @Nullable PackedInts zeros,
        InputGroups inputs,
        int groups) {

    StoredMatrix stored(Arena scratch) {
        if (inputs.block() == 0) {
            return new StoredMatrix.Floats(decoded(scratch));
        }
        boolean centred = zeros == null || isCentred(zeros);
        FloatType scaleType = centred ? scales.type() : FloatType.F32;
        BlockFormat format = new BlockFormat(codes.bits(), inputs.block(), scaleType, !centred, CodeBook.LINEAR);
        GroupedRows rows = new GroupedRows(this, format);
        return inputs.order()
                .<StoredMatrix>map(order -> new StoredMatrix.Reordered(rows, order))
                .orElse(new StoredMatrix.Blocks(rows));
    }

    private boolean isCentred(PackedInts points) {
        for (int group = 0; group < groups; group++) {
            for (int output = 0; output < ref.rows(); output++) {
                if (points.at(output, group) != middle()) {
                    return false;
                }
            }
        }
        return true;
    }

    private int middle() {
        return 1 << codes.bits() - 1;
    }

    /** What is added to {@code code - middle}. */
    int shift(int output, int group) {
        return zeros == null ? 0 : middle() - zeros.at(output, group);
    }

    private RowTable decoded(Arena scratch) {
        long bytes = (long) ref.rows() * ref.columns() * Float.BYTES;
        RowTable table = new RowTable(FloatType.F32, scratch.allocate(bytes, 64), ref.rows(), ref.columns());
        IntStream.range(0, ref.rows()).parallel().forEach(row -> decode(row, table));
        return table;
    }

    private void decode(int row, RowTable table) {
        byte[] stored = new byte[ref.columns()];
        codes.read(row, stored);
        for (int k = 0; k < stored.length; k++) {
            int group = inputs.groupOf(k);
            int value = Byte.toUnsignedInt(stored[k]) - middle() + shift(row, group);
            FloatType.F32.store(table.data(), (long) row * stored.length + k, scales.at(row, group) * value);
        }
    }
}
