package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.plan.ExpandedProduct;
import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.StackedRows;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link PackedWeights#load} would take of memory: it goes the same way through a plan, and packs nothing.
 *
 * @param bytes of what the pool does not hold yet
 * @param widestOrder as {@link PackedWeights#widestOrder}
 * @param keys of everything that is read
 */
public record PackedSize(long bytes, int widestOrder, Set<WeightPool.Key> keys) {

    public static final PackedSize NONE = new PackedSize(0, 0, Set.of());

    public PackedSize {
        keys = Set.copyOf(keys);
    }

    /** {@code beside}: a model that is opened with it, and whose weights are there already then. */
    public static PackedSize of(
            ModelPlan plan,
            WeightSource source,
            Weights encoding,
            Kernels kernels,
            WeightPool pool,
            @Nullable PackedSize beside) {
        Count count = new Count(source, new MatrixQuantizer(encoding), WeightKeys.of(source, encoding, kernels), pool);
        if (beside != null) {
            count.counted.addAll(beside.keys);
        }
        return count.of(plan);
    }

    /** Of these matrices alone, as products. */
    public static PackedSize of(List<Matrix> matrices, WeightSource source, Weights encoding, Kernels kernels) {
        Count count = new Count(
                source, new MatrixQuantizer(encoding), WeightKeys.of(source, encoding, kernels), new WeightPool());
        matrices.forEach(matrix -> count.add(count.keys.product(matrix, false), count.product(matrix, false)));
        return new PackedSize(count.bytes, count.widestOrder, count.counted);
    }

    private static final class Count {
        private final WeightSource source;
        private final MatrixQuantizer quantizer;
        private final WeightKeys keys;
        private final WeightPool pool;
        private final Set<WeightPool.Key> counted = new HashSet<>();
        private long bytes;
        private int widestOrder;

        Count(WeightSource source, MatrixQuantizer quantizer, WeightKeys keys, WeightPool pool) {
            this.source = source;
            this.quantizer = quantizer;
            this.keys = keys;
            this.pool = pool;
        }

        PackedSize of(ModelPlan plan) {
            Set<Matrix> exact = WeightPacker.exact(plan);
            RowHosts hosts = RowHosts.of(plan, exact);
            for (Matrix matrix : plan.packed()) {
                if (!plan.isMultiplied(matrix)) {
                    add(keys.table((MatrixRef) matrix), table((MatrixRef) matrix));
                } else if (!hosts.isGuest(matrix)) {
                    add(keys.product(matrix, exact.contains(matrix)), product(matrix, exact.contains(matrix)));
                }
            }
            plan.sparse()
                    .forEach(product -> add(
                            keys.sparse(product),
                            SparseRows.bytes(
                                    product.values().rows(), product.values().columns())));
            plan.vectors().forEach((VectorRef ref) -> add(keys.vector(ref), (long) ref.size() * Float.BYTES));
            return new PackedSize(bytes, widestOrder, counted);
        }

        private void add(WeightPool.Key key, long size) {
            if (counted.add(key) && !pool.holds(key)) {
                bytes += size;
            }
        }

        private long product(Matrix matrix, boolean exact) {
            StoredForm form = built(matrix);
            if (form instanceof StoredForm.Floats(FloatType type)) {
                form = exact ? new StoredForm.Floats(FloatType.F32) : quantizer.form(type, matrix.columns());
            }
            if (form instanceof StoredForm.Blocks blocks && blocks.ordered()) {
                widestOrder = Math.max(widestOrder, matrix.columns());
            }
            return form.packedBytes(matrix.rows(), matrix.columns());
        }

        /** As {@link BuiltMatrix#of} makes it. */
        private StoredForm built(Matrix matrix) {
            return switch (matrix) {
                case MatrixRef ref -> source.form(ref);
                case JoinedColumns(List<MatrixRef> parts) -> together(parts);
                case StackedRows(List<MatrixRef> parts) -> together(parts);
                case ExpandedProduct product -> new StoredForm.Floats(FloatType.F32);
            };
        }

        private StoredForm together(List<MatrixRef> parts) {
            List<StoredForm> forms = parts.stream().map(source::form).distinct().toList();
            return forms.size() == 1 ? forms.getFirst() : new StoredForm.Floats(FloatType.F32);
        }

        /** Unquantized rows stay rows. */
        private long table(MatrixRef ref) {
            return source.form(ref) instanceof StoredForm.Floats(FloatType type)
                    ? ref.elements() * type.bytes()
                    : product(ref, false);
        }
    }
}
