package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import java.util.Optional;

/**
 * What an asked-for encoding makes of a matrix. A matrix whose inputs do not divide into whole blocks is left alone. A NaN or an infinity
 * throws MODEL_FILE_CORRUPT when its row is read.
 */
public record MatrixQuantizer(Weights encoding) {

    /** The matrix in blocks, if that is what the encoding is and its width allows it. */
    public Optional<CodedRows> blocks(String tensor, RowTable table) {
        FloatRows rows = new FloatRows(tensor, table);
        Optional<CodedRows> coded = switch (encoding) {
            case STORED, W8A8, FP8 -> Optional.empty();
            case Q8_0 -> Optional.of(new EightBitRows(rows));
            case Q4_0 -> Optional.of(new FourBitRows(rows));
            case Q4_G32 -> Optional.of(new GroupedFourBitRows(rows, 32));
            case Q4_G64 -> Optional.of(new GroupedFourBitRows(rows, 64));
            case Q4_G128 -> Optional.of(new GroupedFourBitRows(rows, 128));
        };
        return coded.filter(blocks -> blocks.format().fits(table.columns()));
    }

    /** The matrix in FP8, if that is what the encoding is. */
    public Optional<E4m3Rows> fp8(String tensor, RowTable table) {
        return encoding == Weights.FP8 ? Optional.of(new Fp8Channels(new FloatRows(tensor, table))) : Optional.empty();
    }

    /** The matrix with one scale per row, if that is what the encoding is and its width allows it. */
    public Optional<ChannelRows> channels(String tensor, RowTable table) {
        boolean applies = encoding == Weights.W8A8 && table.columns() <= ChannelPanels.MAX_COLUMNS;
        return applies ? Optional.of(new EightBitChannels(new FloatRows(tensor, table))) : Optional.empty();
    }
}
