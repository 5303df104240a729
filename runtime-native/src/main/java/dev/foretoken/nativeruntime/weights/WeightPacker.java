package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.LoadProgress;
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
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Packs weights one after the other, each with its own scratch memory, and gives back what of the files was read for it, so that at most one
 * of them is held twice. Each is packed by all threads.
 */
final class WeightPacker {

    private static final String STAGE = "packing weights";

    private final Arena arena;
    private final WeightSource source;
    private final MatrixQuantizer quantizer;
    private final Kernels kernels;
    private final LoadProgress progress;

    WeightPacker(Arena arena, WeightSource source, MatrixQuantizer quantizer, Kernels kernels, LoadProgress progress) {
        this.arena = arena;
        this.source = source;
        this.quantizer = quantizer;
        this.kernels = kernels;
        this.progress = progress;
    }

    /** The result owns the arena. */
    PackedWeights pack(ModelPlan plan) {
        long total = plan.packed().stream().mapToLong(this::bytes).sum();
        long done = 0;
        progress.update(STAGE, done, total);
        Map<Matrix, WeightMatrix> matrices = new HashMap<>();
        Map<Matrix, InputOrder> orders = new HashMap<>();
        Map<MatrixRef, GatherSource> tables = new HashMap<>();
        Set<Matrix> exact =
                plan.mixers().stream().flatMap(mixer -> mixer.exact().stream()).collect(Collectors.toSet());
        RowHosts hosts = RowHosts.of(plan, exact);
        for (Matrix matrix : largestFirst(plan)) {
            if (!plan.isMultiplied(matrix)) {
                tables.put((MatrixRef) matrix, copied((MatrixRef) matrix));
            } else if (!hosts.isGuest(matrix)) {
                matrices.put(matrix, exact.contains(matrix) ? exact(matrix) : packed(matrix, orders));
            }
            source.release();
            done += bytes(matrix);
            progress.update(STAGE, done, total);
        }
        long held = held(matrices, tables);
        hosts.lodge(matrices, orders);
        Map<SparseProduct, SparseRows> sparse = new HashMap<>();
        plan.sparse().forEach(product -> sparse.put(product, sparse(product)));
        Map<VectorRef, MemorySegment> vectors = new HashMap<>();
        plan.vectors().forEach(ref -> vectors.put(ref, source.vector(ref, arena)));
        source.release();
        requireOwnOrder(plan.embedding(), orders);
        held += sparse.values().stream().mapToLong(SparseRows::bytes).sum();
        held += vectors.values().stream().mapToLong(MemorySegment::byteSize).sum();
        return new PackedWeights(arena, matrices, orders, sparse, vectors, tables, held);
    }

    private static long held(Map<Matrix, WeightMatrix> matrices, Map<MatrixRef, GatherSource> tables) {
        return matrices.values().stream().mapToLong(WeightMatrix::bytes).sum()
                + tables.values().stream().mapToLong(PackedWeights::bytes).sum();
    }

    /** As stored. */
    private long bytes(Matrix matrix) {
        return matrix.matrices().stream().mapToLong(source::bytes).sum();
    }

    private SparseRows sparse(SparseProduct product) {
        try (Arena scratch = Arena.ofShared()) {
            RowTable values = new BuiltMatrix(source, scratch).floats(product.values());
            return SparseRows.pack(
                    values,
                    source.places(product.places(), scratch),
                    product.between(),
                    (bytes, alignment) -> kernels.allocate(bytes, arena));
        }
    }

    /** A matrix is held twice while it is packed: the largest ones are when little else is held, so that they do not make the peak. */
    private List<Matrix> largestFirst(ModelPlan plan) {
        return plan.packed().stream()
                .sorted(Comparator.<Matrix>comparingLong(this::bytes).reversed())
                .toList();
    }

    private static void requireOwnOrder(MatrixRef embedding, Map<Matrix, InputOrder> orders) {
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
    private WeightMatrix exact(Matrix matrix) {
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
    private GatherSource copied(MatrixRef ref) {
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
