package dev.foretoken.nativeruntime.weights.quantize;

import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import java.util.Optional;

/**
 * What an asked-for encoding makes of a matrix. A matrix whose inputs do not divide into whole blocks is left alone. A NaN or an infinity
 * throws MODEL_FILE_CORRUPT when its row is read.
 */
public record MatrixQuantizer(Weights encoding) {

    /** What becomes of a matrix of this type and width: told without its weights. */
    public StoredForm form(FloatType type, int columns) {
        StoredForm asked = switch (encoding) {
            case STORED -> new StoredForm.Floats(type);
            case Q8_0 -> new StoredForm.Blocks(BlockFormat.Q8_0, false);
            case Q4_0 -> new StoredForm.Blocks(BlockFormat.Q4_0, false);
            case Q4_G32 -> new StoredForm.Blocks(BlockFormat.grouped4(32), false);
            case Q4_G64 -> new StoredForm.Blocks(BlockFormat.grouped4(64), false);
            case Q4_G128 -> new StoredForm.Blocks(BlockFormat.grouped4(128), false);
            case W8A8 -> new StoredForm.Channels();
            case FP8 -> new StoredForm.Fp8(columns);
        };
        boolean fits = switch (asked) {
            case StoredForm.Blocks blocks -> blocks.format().fits(columns);
            case StoredForm.Channels c -> columns <= ChannelPanels.MAX_COLUMNS;
            case StoredForm.Floats f -> true;
            case StoredForm.Fp8 f -> true;
        };
        return fits ? asked : new StoredForm.Floats(type);
    }

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
