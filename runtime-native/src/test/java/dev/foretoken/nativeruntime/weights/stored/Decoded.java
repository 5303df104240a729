package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a layout makes of tensors, packed. */
record Decoded(WeightMatrix matrix, @Nullable InputOrder order) {

    static Decoded of(StoredEncoding encoding, MatrixRef ref, Map<String, StoredTensor> tensors, Arena arena) {
        StoredMatrix stored =
                encoding.locate(ref, new StoredTensors(tensors)).content().apply(arena);
        return switch (stored) {
            case StoredMatrix.Floats(RowTable table) -> new Decoded(DensePanels.pack(table, table.type(), arena), null);
            case StoredMatrix.Blocks(CodedRows rows) -> new Decoded(BlockPanels.pack(rows, arena), null);
            case StoredMatrix.Reordered(CodedRows rows, InputOrder order) ->
                new Decoded(BlockPanels.pack(rows, arena), order);
            case StoredMatrix.Fp8(E4m3Rows rows) -> new Decoded(Fp8Panels.pack(rows, arena), null);
            case StoredMatrix.Channels(ChannelRows rows) -> new Decoded(ChannelPanels.pack(rows, arena), null);
        };
    }

    /** The weight at {@code place}, and the input it belongs to. */
    int inputAt(int place) {
        return order == null ? place : order.inputAt(place);
    }
}
