package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Packs weights one after the other, each with its own scratch memory, and gives back what of the files was read for it, so that at most one
 * of them is held twice. Each is packed by all threads.
 */
final class WeightPacker {

    private static final String STAGE = "packing weights";

    private final WeightPool pool;
    private final WeightSource source;
    private final MatrixQuantizer quantizer;
    private final Kernels kernels;
    private final LoadProgress progress;
    private final WeightKeys keys;
    private final List<WeightPool.Share> shares = new ArrayList<>();

    WeightPacker(WeightPool pool, WeightSource source, Weights encoding, Kernels kernels, LoadProgress progress) {
        this.pool = pool;
        this.source = source;
        this.quantizer = new MatrixQuantizer(encoding);
        this.kernels = kernels;
        this.progress = progress;
        this.keys = WeightKeys.of(source, encoding, kernels);
    }

    /** Gives back what was taken so far. */
    void release() {
        shares.forEach(WeightPool.Share::release);
    }

    /** The result owns what was taken. */
    PackedWeights pack(ModelPlan plan) {
        long total = plan.packed().stream().mapToLong(this::bytes).sum();
        long done = 0;
        progress.update(STAGE, done, total);
        Map<Matrix, WeightMatrix> matrices = new HashMap<>();
        Map<Matrix, InputOrder> orders = new HashMap<>();
        Map<MatrixRef, GatherSource> tables = new HashMap<>();
        Set<Matrix> exact = exact(plan);
        RowHosts hosts = RowHosts.of(plan, exact);
        for (Matrix matrix : largestFirst(plan)) {
            if (!plan.isMultiplied(matrix)) {
                tables.put((MatrixRef) matrix, table((MatrixRef) matrix));
            } else if (!hosts.isGuest(matrix)) {
                WeightPool.Packed packed = product(matrix, exact.contains(matrix));
                matrices.put(matrix, (WeightMatrix) packed.weight());
                packed.order().ifPresent(order -> orders.put(matrix, order));
            }
            source.release();
            done += bytes(matrix);
            progress.update(STAGE, done, total);
        }
        hosts.lodge(matrices, orders);
        Map<SparseProduct, SparseRows> sparse = new HashMap<>();
        plan.sparse().forEach(product -> sparse.put(product, sparse(product)));
        Map<VectorRef, MemorySegment> vectors = new HashMap<>();
        plan.vectors().forEach(ref -> vectors.put(ref, vector(ref)));
        source.release();
        MatrixPacker.requireOwnOrder(plan.embedding(), orders);
        return new PackedWeights(shares, matrices, orders, sparse, vectors, tables);
    }

    /** What is multiplied in fp32. */
    static Set<Matrix> exact(ModelPlan plan) {
        return plan.mixers().stream().flatMap(mixer -> mixer.exact().stream()).collect(Collectors.toSet());
    }

    private WeightPool.Packed product(Matrix matrix, boolean exact) {
        return take(
                keys.product(matrix, exact),
                into -> exact ? WeightPool.Packed.of(in(into).exact(matrix)) : in(into).product(matrix));
    }

    private GatherSource table(MatrixRef ref) {
        return (GatherSource) take(keys.table(ref), into -> WeightPool.Packed.of(in(into).copied(ref)))
                .weight();
    }

    private SparseRows sparse(SparseProduct product) {
        return (SparseRows) take(keys.sparse(product), into -> {
                    SparseRows rows = in(into).sparse(product);
                    return new WeightPool.Packed(rows, Optional.empty(), rows.bytes());
                })
                .weight();
    }

    private MemorySegment vector(VectorRef ref) {
        return (MemorySegment)
                take(keys.vector(ref), into -> in(into).vector(ref)).weight();
    }

    private WeightPool.Packed take(WeightPool.Key key, Function<Arena, WeightPool.Packed> make) {
        WeightPool.Share share = pool.take(key, make);
        shares.add(share);
        return share.packed();
    }

    private MatrixPacker in(Arena arena) {
        return new MatrixPacker(arena, source, quantizer, kernels);
    }

    /** As stored. */
    private long bytes(Matrix matrix) {
        return matrix.matrices().stream().mapToLong(source::bytes).sum();
    }

    /** A matrix is held twice while it is packed: the largest ones are when little else is held, so that they do not make the peak. */
    private List<Matrix> largestFirst(ModelPlan plan) {
        return plan.packed().stream()
                .sorted(Comparator.<Matrix>comparingLong(this::bytes).reversed())
                .toList();
    }
}
