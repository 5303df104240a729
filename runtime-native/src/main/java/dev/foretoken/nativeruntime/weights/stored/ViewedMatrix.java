package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/**
 * The part of a stored tensor that a reference names. Rows that follow one another stay where they lie, others of an encoded tensor are picked
 * as they are packed, and any other view of floats is copied.
 */
public final class ViewedMatrix {

    private ViewedMatrix() {}

    /** {@code whole}: what is stored as {@code ref.whole()}. */
    public static StoredMatrix of(StoredMatrix whole, MatrixRef ref, Arena scratch) {
        if (ref.isWhole()) {
            return whole;
        }
        if (isTransposed(ref) && DecodedRows.decodes(whole)) {
            RowTable columns = DecodedRows.of(whole, ref.transposed(), scratch);
            return new StoredMatrix.Floats(table(columns, whole(columns).transposed(), scratch));
        }
        return switch (whole) {
            case StoredMatrix.Floats(RowTable table) -> new StoredMatrix.Floats(table(table, ref, scratch));
            case StoredMatrix.Blocks(var rows) -> new StoredMatrix.Blocks(new PickedRows(rows, ref));
            case StoredMatrix.Reordered(var rows, var order) ->
                new StoredMatrix.Reordered(new PickedRows(rows, ref), order);
            case StoredMatrix.Fp8(var rows) -> new StoredMatrix.Fp8(new PickedFp8(rows, ref));
            case StoredMatrix.Channels(var rows) -> new StoredMatrix.Channels(new PickedChannels(rows, ref));
        };
    }

    /** Whether its columns are rows of the tensor. */
    static boolean isTransposed(MatrixRef ref) {
        return !ref.isOfWholeRows() && ref.transposed().isOfWholeRows();
    }

    private static MatrixRef whole(RowTable table) {
        return new MatrixRef("decoded", table.rows(), table.columns());
    }

    /**
     * Encoded tensors can be cut between rows, or be taken with rows as inputs where they can be decoded.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED
     */
    public static void requireRowsOrColumns(MatrixRef ref) {
        if (!isTransposed(ref)) {
            requireWholeRows(ref);
        }
    }

    /**
     * Encoded tensors can be cut between rows only.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED
     */
    public static void requireWholeRows(MatrixRef ref) {
        if (!ref.isOfWholeRows()) {
            throw StoredTensors.unsupported(
                    "tensor %s is quantized, and this model takes columns of it or has it transposed; supported are quantized tensors whose rows are outputs, so take the checkpoint that is not quantized"
                            .formatted(ref.tensor()));
        }
    }

    private static RowTable table(RowTable stored, MatrixRef ref, Arena scratch) {
        if (ref.isRowRange()) {
            return stored.slice(ref.storedRow(0), ref.rows());
        }
        int bytes = stored.type().bytes();
        MemorySegment copy = scratch.allocate(ref.elements() * bytes, 64);
        IntStream.range(0, ref.rows()).parallel().forEach(row -> {
            for (int column = 0; column < ref.columns(); column++) {
                copyElement(
                        stored.data(), ref.storedIndex(row, column), copy, (long) row * ref.columns() + column, bytes);
            }
        });
        return new RowTable(stored.type(), copy, ref.rows(), ref.columns());
    }

    private static void copyElement(MemorySegment source, long from, MemorySegment target, long to, int bytes) {
        if (bytes == Float.BYTES) {
            target.setAtIndex(ValueLayout.JAVA_INT, to, source.get(ValueLayout.JAVA_INT_UNALIGNED, from * bytes));
        } else {
            target.setAtIndex(ValueLayout.JAVA_SHORT, to, source.get(ValueLayout.JAVA_SHORT_UNALIGNED, from * bytes));
        }
    }
}
