package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;

/** A matrix as a source stores it. */
public sealed interface StoredMatrix {

    /** Unquantized. */
    record Floats(RowTable table) implements StoredMatrix {}

    /** Quantized in blocks along k. */
    record Blocks(CodedRows rows) implements StoredMatrix {}

    /** Quantized in blocks along k, whose inputs come in an order of the matrix's own. */
    record Reordered(CodedRows rows, InputOrder order) implements StoredMatrix {}

    /** E4M3 with scales. */
    record Fp8(E4m3Rows rows) implements StoredMatrix {}

    /** 8 bits with one scale per row. */
    record Channels(ChannelRows rows) implements StoredMatrix {}
}
