package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.PanelSlice;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/**
 * A model whose feed-forward layers are cut to their first neurons (MatFormer, Devvrit et al. 2023). All weights are those of the whole model;
 * only the inputs of the maps back to the hidden size are copied, see {@link PanelSlice}: a third of the neurons that are kept.
 *
 * @param weights reads the memory of the whole model's, which must be closed after it
 */
public record WidthSlice(ModelPlan plan, PackedWeights weights) {

    /**
     * Cuts.
     *
     * @param share of the neurons of each layer that are kept, rounded to whole panels and blocks
     * @throws ForetokenException CONFIG_INVALID when that leaves every layer as it is
     */
    public static WidthSlice of(ModelPlan whole, PackedWeights weights, double share, Kernels kernels) {
        List<Sublayer> sublayers = narrowed(whole, mlp -> kept(mlp, weights, share));
        if (sublayers.equals(whole.sublayers())) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "draft-slice=%s leaves no feed-forward layer of this model narrower: they are cut at whole panels and blocks"
                            .formatted(share));
        }
        ModelPlan plan = PlanValidator.validated(whole.withSublayers(sublayers));
        return new WidthSlice(plan, cut(whole, weights, plan, kernels));
    }

    /** About what the plan of a slice is, told without weights: these may ask for a coarser grid. */
    public static ModelPlan about(ModelPlan whole, double share) {
        return whole.withSublayers(narrowed(whole, mlp -> kept(mlp.inner(), WeightMatrix.PANEL_ROWS, share)));
    }

    private static List<Sublayer> narrowed(ModelPlan whole, ToIntFunction<Mlp> kept) {
        List<Sublayer> sublayers = new ArrayList<>();
        for (Sublayer sublayer : whole.sublayers()) {
            sublayers.add(sublayer.withMixers(mixer -> switch (mixer) {
                case Attention attention -> attention;
                case Recurrent recurrent -> recurrent;
                case Mlp mlp -> mlp.first(kept.applyAsInt(mlp));
                case Moe moe -> moe;
                case Projection projection -> projection;
                case SharedExpert expert ->
                    new SharedExpert(expert.mlp().first(kept.applyAsInt(expert.mlp())), expert.gate());
            }));
        }
        return sublayers;
    }

    private static int kept(Mlp mlp, PackedWeights weights, double share) {
        return kept(mlp.inner(), grid(mlp, weights), share);
    }

    private static int kept(int all, int grid, double share) {
        return Math.min(all, (int) Math.max(1, Math.round(all * share / grid)) * grid);
    }

    private static int grid(Mlp mlp, PackedWeights weights) {
        return mlp.down().packed().stream()
                .mapToInt(matrix -> PanelSlice.grid(weights.matrix(matrix)))
                .max()
                .orElseThrow();
    }

    private static PackedWeights cut(ModelPlan whole, PackedWeights weights, ModelPlan plan, Kernels kernels) {
        Arena arena = Arena.ofShared();
        try {
            Map<Matrix, WeightMatrix> matrices = new HashMap<>();
            Map<Matrix, InputOrder> orders = new HashMap<>();
            Map<SparseProduct, SparseRows> sparse = new HashMap<>();
            long copied = 0;
            Map<Matrix, Matrix> sources = new HashMap<>();
            eachLinear(whole, plan, (from, to) -> pair(from, to, sources));
            for (Matrix matrix : plan.packed()) {
                if (plan.isMultiplied(matrix)) {
                    Matrix source = sources.getOrDefault(matrix, matrix);
                    WeightMatrix from = weights.matrix(source);
                    weights.order(source).ifPresent(order -> orders.put(matrix, whole(order, matrix)));
                    WeightMatrix to = cut(from, matrix, kernels, arena);
                    copied += matrix.columns() < from.columns() ? to.panels().byteSize() : 0;
                    matrices.put(matrix, to);
                }
            }
            eachLinear(whole, plan, (from, to) -> {
                if (from.weight() instanceof SparseProduct all && to.weight() instanceof SparseProduct some) {
                    sparse.put(some, weights.sparse(all).first(some.rows()));
                }
            });
            return new PackedWeights(
                    arena, matrices, orders, sparse, vectors(whole, weights, plan), weights.tables(), copied);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** A cut keeps the order of matrices; rows that are left out are the last ones. */
    private static void pair(Linear from, Linear to, Map<Matrix, Matrix> sources) {
        for (int i = 0; i < to.packed().size(); i++) {
            sources.put(to.packed().get(i), from.packed().get(i));
        }
    }

    /** Linear maps of the whole model, each with what became of it. */
    private static void eachLinear(ModelPlan whole, ModelPlan plan, BiConsumer<Linear, Linear> use) {
        for (int i = 0; i < whole.mixers().size(); i++) {
            List<Linear> from = whole.mixers().get(i).linears();
            List<Linear> to = plan.mixers().get(i).linears();
            for (int j = 0; j < from.size(); j++) {
                use.accept(from.get(j), to.get(j));
            }
        }
    }

    /** First inputs are not first places where inputs have another order. */
    private static InputOrder whole(InputOrder order, Matrix ref) {
        if (order.size() != ref.columns()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "draft-slice cannot cut %s, whose inputs are stored in the order of its g_idx; take a draft model instead"
                            .formatted(ref.tensor()));
        }
        return order;
    }

    private static WeightMatrix cut(WeightMatrix from, Matrix ref, Kernels kernels, Arena arena) {
        if (ref.columns() < from.columns()) {
            return PanelSlice.columns(from, ref.columns(), (bytes, alignment) -> kernels.allocate(bytes, arena));
        }
        return ref.rows() < from.rows() ? PanelSlice.rows(from, ref.rows()) : from;
    }

    private static Map<VectorRef, MemorySegment> vectors(ModelPlan whole, PackedWeights weights, ModelPlan plan) {
        Map<VectorRef, VectorRef> sources = new HashMap<>();
        eachLinear(whole, plan, (from, to) -> {
            if (from.bias() != null && to.bias() != null) {
                sources.put(to.bias(), from.bias());
            }
        });
        Map<VectorRef, MemorySegment> vectors = new HashMap<>();
        for (VectorRef ref : plan.vectors()) {
            MemorySegment all = weights.vector(sources.getOrDefault(ref, ref));
            vectors.put(ref, all.asSlice(0, (long) ref.size() * Float.BYTES));
        }
        return vectors;
    }
}
