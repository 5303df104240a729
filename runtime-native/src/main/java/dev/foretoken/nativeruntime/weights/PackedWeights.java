package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A plan's weights in the kernels' layout. A reference that the plan repeats is held once. Does not need its source any more. */
public final class PackedWeights implements AutoCloseable {

    private final @Nullable Arena arena;
    private final List<WeightPool.Share> shares;
    private final Map<Matrix, WeightMatrix> matrices;
    private final Map<Matrix, InputOrder> orders;
    private final Map<SparseProduct, SparseRows> sparse;
    private final Map<VectorRef, MemorySegment> vectors;
    private final Map<MatrixRef, GatherSource> tables;
    private final long bytes;

    /** Owns its shares of a pool. */
    PackedWeights(
            List<WeightPool.Share> shares,
            Map<Matrix, WeightMatrix> matrices,
            Map<Matrix, InputOrder> orders,
            Map<SparseProduct, SparseRows> sparse,
            Map<VectorRef, MemorySegment> vectors,
            Map<MatrixRef, GatherSource> tables) {
        this.arena = null;
        this.shares = List.copyOf(shares);
        this.matrices = Map.copyOf(matrices);
        this.orders = Map.copyOf(orders);
        this.sparse = Map.copyOf(sparse);
        this.vectors = Map.copyOf(vectors);
        this.tables = Map.copyOf(tables);
        this.bytes = 0;
    }

    /** Of what it holds it owns {@code bytes}, in {@code arena}. */
    PackedWeights(
            Arena arena,
            Map<Matrix, WeightMatrix> matrices,
            Map<Matrix, InputOrder> orders,
            Map<SparseProduct, SparseRows> sparse,
            Map<VectorRef, MemorySegment> vectors,
            Map<MatrixRef, GatherSource> tables,
            long bytes) {
        this.arena = arena;
        this.shares = List.of();
        this.matrices = Map.copyOf(matrices);
        this.orders = Map.copyOf(orders);
        this.sparse = Map.copyOf(sparse);
        this.vectors = Map.copyOf(vectors);
        this.tables = Map.copyOf(tables);
        this.bytes = bytes;
    }

    /**
     * Reads and packs everything the plan names; nothing stays allocated when it throws. Matrices that are stored unquantized become {@code
     * encoding} where their width allows it, the output head too; an embedding that is only gathered from stays as stored.
     *
     * @throws dev.foretoken.contract.ForetokenException what {@link WeightSource#requireAllOf} throws
     */
    public static PackedWeights load(
            ModelPlan plan, WeightSource source, Weights encoding, Kernels kernels, LoadProgress progress) {
        return load(plan, source, encoding, kernels, progress, new WeightPool());
    }

    /** As {@link #load(ModelPlan, WeightSource, Weights, Kernels, LoadProgress)}; what the pool holds already is not packed again. */
    public static PackedWeights load(
            ModelPlan plan,
            WeightSource source,
            Weights encoding,
            Kernels kernels,
            LoadProgress progress,
            WeightPool pool) {
        source.requireAllOf(plan);
        return loadPart(plan, source, encoding, kernels, progress, pool);
    }

    /** As {@link #load}, of a plan that is a part of what the source holds, which was checked as a whole. */
    public static PackedWeights loadPart(
            ModelPlan plan,
            WeightSource source,
            Weights encoding,
            Kernels kernels,
            LoadProgress progress,
            WeightPool pool) {
        WeightPacker packer = new WeightPacker(pool, source, encoding, kernels, progress);
        try {
            return packer.pack(plan);
        } catch (RuntimeException | Error e) {
            packer.release();
            throw e;
        }
    }

    public WeightMatrix matrix(Matrix of) {
        WeightMatrix matrix = matrices.get(of);
        if (matrix == null) {
            throw new IllegalArgumentException(of + " is not a packed weight of this plan");
        }
        return matrix;
    }

    /** Values and places of a sparse factor. */
    public SparseRows sparse(SparseProduct product) {
        SparseRows rows = sparse.get(product);
        if (rows == null) {
            throw new IllegalArgumentException(product + " is not a weight of this plan");
        }
        return rows;
    }

    /** The order of inputs that the packed matrix has; empty: their own. */
    public Optional<InputOrder> order(Matrix ref) {
        return Optional.ofNullable(orders.get(ref));
    }

    /** Inputs of the widest matrix that has an order of its own; 0 if none has. */
    public int widestOrder() {
        return orders.values().stream().mapToInt(InputOrder::size).max().orElse(0);
    }

    /** fp32 [size]. */
    public MemorySegment vector(VectorRef ref) {
        MemorySegment vector = vectors.get(ref);
        if (vector == null) {
            throw new IllegalArgumentException(ref + " is not a weight of this plan");
        }
        return vector;
    }

    /** A matrix of which single rows are read: one of {@link ModelPlan#tables}. */
    public GatherSource rows(MatrixRef ref) {
        GatherSource table = tables.get(ref);
        return table == null ? matrix(ref) : table;
    }

    /** Those that are not products' as well. */
    Map<MatrixRef, GatherSource> tables() {
        return tables;
    }

    /** What is held: encodings of matrices and the number of those that are kept so, in alphabetical order. */
    public String encodings() {
        Map<String, Integer> counts = new TreeMap<>();
        matrices.values().forEach(matrix -> counts.merge(matrix.encoding(), 1, Integer::sum));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " in " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    /** The encodings of matrices and of the embedding, the one of most bytes first, joined by {@code " + "}. */
    public String encodingNames() {
        Map<String, Long> bytes = new TreeMap<>();
        matrices.values().forEach(matrix -> bytes.merge(matrix.encoding(), matrix.bytes(), Long::sum));
        tables.values().forEach(table -> bytes.merge(encoding(table), bytes(table), Long::sum));
        return bytes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" + "));
    }

    /** Memory owned: of what several models share, all counts for the one that has had it longest. */
    public long bytes() {
        return bytes + shares.stream().mapToLong(WeightPool.Share::bytes).sum();
    }

    /** Memory that is read, whoever owns it; rows of another's matrix do not count again. */
    public long readBytes() {
        return bytes
                + shares.stream().mapToLong(share -> share.packed().bytes()).sum();
    }

    static long bytes(GatherSource table) {
        return switch (table) {
            case RowTable rows -> rows.data().byteSize();
            case WeightMatrix matrix -> matrix.bytes();
        };
    }

    private static String encoding(GatherSource table) {
        return switch (table) {
            case RowTable rows -> rows.type().name();
            case WeightMatrix matrix -> matrix.encoding();
        };
    }

    @Override
    public void close() {
        shares.forEach(WeightPool.Share::release);
        if (arena != null) {
            arena.close();
        }
    }
}
