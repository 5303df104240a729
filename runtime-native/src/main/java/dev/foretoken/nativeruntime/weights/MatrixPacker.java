package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Packs one weight into memory of its own. */
final class MatrixPacker {

    private final Arena arena;
    private final WeightSource source;
    private final MatrixQuantizer quantizer;
    private final Kernels kernels;

    /** {@code arena}: of what is packed. */
    MatrixPacker(Arena arena, WeightSource source, MatrixQuantizer quantizer, Kernels kernels) {
        this.arena = arena;
        this.source = source;
        this.quantizer = quantizer;
        this.kernels = kernels;
    }

    WeightPool.Packed product(Matrix matrix) {
        Map<Matrix, InputOrder> orders = new HashMap<>();
        WeightMatrix packed = packed(matrix, orders);
        return new WeightPool.Packed(packed, Optional.ofNullable(orders.get(matrix)), packed.bytes());
    }

    WeightPool.Packed vector(VectorRef ref) {
        return WeightPool.Packed.of(source.vector(ref, arena));
    }

    SparseRows sparse(SparseProduct product) {
        try (Arena scratch = Arena.ofShared()) {
            RowTable values = new BuiltMatrix(source, scratch).floats(product.values());
            return SparseRows.pack(
                    values,
                    source.places(product.places(), scratch),
                    product.between(),
                    (bytes, alignment) -> kernels.allocate(bytes, arena));
        }
    }

    static void requireOwnOrder(MatrixRef embedding, Map<Matrix, InputOrder> orders) {
        if (orders.containsKey(embedding)) {
            throw StoredTensors.unsupported(
                    "the embedding %s has g_idx; supported are embeddings whose columns are in order"
                            .formatted(embedding.tensor()));
        }
    }

    private WeightMatrix packed(Matrix matrix, Map<Matrix, InputOrder> orders) {
        try (Arena scratch = Arena.ofShared()) {
            return switch (new BuiltMatrix(source, scratch).of(matrix)) {
                case StoredMatrix.Floats(RowTable table) -> packed(matrix.tensor(), table);
                case StoredMatrix.Blocks(CodedRows rows) -> kernels.pack(rows, arena);
                case StoredMatrix.Reordered(CodedRows rows, InputOrder order) -> {
                    orders.put(matrix, order);
                    yield kernels.pack(rows, arena);
                }
                case StoredMatrix.Fp8(E4m3Rows rows) -> kernels.pack(rows, arena);
                case StoredMatrix.Channels(ChannelRows rows) -> kernels.pack(rows, arena);
            };
        }
    }

    /** Kept in fp32, so that it is multiplied in fp32 with every kind of arithmetic. */
    WeightMatrix exact(Matrix matrix) {
        try (Arena scratch = Arena.ofShared()) {
            if (new BuiltMatrix(source, scratch).of(matrix) instanceof StoredMatrix.Floats(RowTable table)) {
                return kernels.pack(table, FloatType.F32, arena);
            }
        }
        return packed(matrix, new HashMap<>());
    }

    private WeightMatrix packed(String tensor, RowTable table) {
        Optional<CodedRows> blocks = quantizer.blocks(tensor, table);
        if (blocks.isPresent()) {
            return kernels.pack(blocks.get(), arena);
        }
        Optional<E4m3Rows> fp8 = quantizer.fp8(tensor, table);
        if (fp8.isPresent()) {
            return kernels.pack(fp8.get(), arena);
        }
        Optional<ChannelRows> channels = quantizer.channels(tensor, table);
        return channels.isPresent() ? kernels.pack(channels.get(), arena) : kernels.pack(table, table.type(), arena);
    }

    /** Of an embedding by itself only rows are read, so unquantized rows stay rows. */
    GatherSource copied(MatrixRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            if (source.matrix(ref, scratch) instanceof StoredMatrix.Floats(RowTable table)) {
                return copied(table);
            }
        }
        Map<Matrix, InputOrder> orders = new HashMap<>();
        WeightMatrix matrix = packed(ref, orders);
        requireOwnOrder(ref, orders);
        return matrix;
    }

    private RowTable copied(RowTable table) {
        MemorySegment copy = kernels.allocate(table.data().byteSize(), arena).copyFrom(table.data());
        return new RowTable(table.type(), copy, table.rows(), table.columns());
    }
}
