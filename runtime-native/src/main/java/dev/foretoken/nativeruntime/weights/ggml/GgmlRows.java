package dev.foretoken.nativeruntime.weights.ggml;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.registry.gguf.GgmlType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** A matrix in one of ggml's block encodings, decoded row by row as it is packed. */
public final class GgmlRows implements CodedRows {

    private final BlockDecoder decoder;
    private final GgmlType type;
    private final MemorySegment data;
    private final int rows;
    private final int columns;
    private final HeadRows order;

    private GgmlRows(BlockDecoder decoder, GgmlType type, MemorySegment data, int rows, int columns, HeadRows order) {
        this.decoder = decoder;
        this.type = type;
        this.data = data;
        this.rows = rows;
        this.columns = columns;
        this.order = order;
    }

    /** Whether matrices of this encoding can be read. */
    public static boolean reads(GgmlType type) {
        return decoder(type).isPresent();
    }

    /**
     * @param data the tensor's bytes, [rows, columns]
     * @param columns a multiple of the encoding's block
     */
    public static GgmlRows of(GgmlType type, MemorySegment data, int rows, int columns, HeadRows order) {
        BlockDecoder decoder = decoder(type).orElseThrow(() -> new IllegalArgumentException(type + " is not decoded"));
        return new GgmlRows(decoder, type, data, rows, columns, order);
    }

    private static Optional<BlockDecoder> decoder(GgmlType type) {
        return switch (type) {
            case Q4_0 -> Optional.of(NibbleBlocks.Q4_0);
            case Q4_1 -> Optional.of(NibbleBlocks.Q4_1);
            case IQ4_NL -> Optional.of(NibbleBlocks.IQ4_NL);
            case MXFP4 -> Optional.of(NibbleBlocks.MXFP4);
            case Q5_0 -> Optional.of(ByteBlocks.Q5_0);
            case Q5_1 -> Optional.of(ByteBlocks.Q5_1);
            case Q8_0 -> Optional.of(ByteBlocks.Q8_0);
            case Q2_K -> Optional.of(SuperBlocks.Q2_K);
            case Q3_K -> Optional.of(SuperBlocks.Q3_K);
            case Q4_K -> Optional.of(SuperBlocks.Q4_K);
            case Q5_K -> Optional.of(SuperBlocks.Q5_K);
            case Q6_K -> Optional.of(SuperBlocks.Q6_K);
            case IQ4_XS -> Optional.of(SuperBlocks.IQ4_XS);
            case F32, F16, BF16, F64, I8, I16, I32, I64, Q8_1, Q8_K -> Optional.empty();
            case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, TQ1_0, TQ2_0, NVFP4 -> Optional.empty();
        };
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public BlockFormat format() {
        return decoder.format();
    }

    @Override
    public void read(int row, byte[] codes, float[] scales, float[] minimums) {
        int blocks = columns / type.blockElements();
        int rowBytes = blocks * type.blockBytes();
        byte[] raw = data.asSlice((long) order.stored(row) * rowBytes, rowBytes).toArray(ValueLayout.JAVA_BYTE);
        CodedRow out = new CodedRow(codes, scales, minimums);
        for (int block = 0; block < blocks; block++) {
            decoder.decode(raw, block * type.blockBytes(), out, block);
        }
    }
}
