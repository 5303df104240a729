package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/** How a matrix lies in memory, without its weights: what each {@link StoredMatrix} becomes when it is packed. */
public sealed interface StoredForm {

    /** Bytes of a packed [rows, columns] matrix, padding included. */
    long packedBytes(int rows, int columns);

    /** Unquantized. */
    record Floats(FloatType type) implements StoredForm {
        @Override
        public long packedBytes(int rows, int columns) {
            return DensePanels.bytes(type, rows, columns);
        }
    }

    /**
     * Quantized in blocks along k.
     *
     * @param ordered whether its inputs come in an order of the matrix's own
     */
    record Blocks(BlockFormat format, boolean ordered) implements StoredForm {
        @Override
        public long packedBytes(int rows, int columns) {
            return BlockPanels.bytes(format, rows, columns);
        }
    }

    /** E4M3 with a scale for every {@code block} inputs. */
    record Fp8(int block) implements StoredForm {
        @Override
        public long packedBytes(int rows, int columns) {
            return Fp8Panels.bytes(rows, columns, Math.min(block, columns));
        }
    }

    /** 8 bits with one scale per row. */
    record Channels() implements StoredForm {
        @Override
        public long packedBytes(int rows, int columns) {
            return ChannelPanels.packedBytes(rows, columns);
        }
    }

    static StoredForm of(StoredMatrix matrix) {
        return switch (matrix) {
            case StoredMatrix.Floats(var table) -> new Floats(table.type());
            case StoredMatrix.Blocks(var rows) -> new Blocks(rows.format(), false);
            case StoredMatrix.Reordered(var rows, var order) -> new Blocks(rows.format(), true);
            case StoredMatrix.Fp8(var rows) -> new Fp8(rows.block());
            case StoredMatrix.Channels c -> new Channels();
        };
    }

    /** The part that a reference names of what is stored like this: see {@link ViewedMatrix#of}. */
    default StoredForm viewed(MatrixRef ref) {
        boolean decoded = ViewedMatrix.isTransposed(ref)
                && switch (this) {
                    case Blocks blocks -> !blocks.ordered();
                    case Fp8 f -> true;
                    case Floats f -> false;
                    case Channels c -> false;
                };
        return !ref.isWhole() && decoded ? new Floats(FloatType.BF16) : this;
    }
}
