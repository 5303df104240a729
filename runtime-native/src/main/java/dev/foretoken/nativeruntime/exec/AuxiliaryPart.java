package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.PartCaches;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The network that K and V of the base are predicted from, with its own caches; it makes no logits. */
final class AuxiliaryPart implements AutoCloseable {

    private final Kernels kernels;
    private final CacheLayout layout;
    private final Workspace work;
    private final KvPredictor predictor;
    private final StepBatch step;
    private final ForwardPass forward;
    private final long predictorBytes;
    private @Nullable PartCaches caches;

    /** {@code index}: of the part; {@code limits}: of its steps. */
    AuxiliaryPart(
            Prediction prediction, ComputedPart base, KvType cacheType, int index, StepLimits limits, Arena arena) {
        Network network = prediction.auxiliary();
        this.kernels = base.binding().kernels();
        this.layout = CacheLayout.of(prediction.plan().kept(), cacheType);
        this.work = Workspace.allocate(
                network.plan(),
                limits.tokens(),
                network.weights().widestOrder(),
                bytes -> kernels.allocate(bytes, arena));
        this.predictor = new KvPredictor(prediction, base, layout.spec().kinds().size(), limits, arena);
        this.predictorBytes = KvPredictor.bytes(prediction.plan(), limits);
        Binding binding = new Binding(
                network,
                kernels,
                work,
                new RotaryTables(network.plan(), limits),
                null,
                predictor,
                bytes -> kernels.allocate(bytes, arena));
        this.step = new StepBatch(
                StepBatch.Offer.auxiliary(index), limits, network.plan().vocabularySize(), layout, null, arena);
        this.forward = ForwardPass.endingInKeysAndValues(network.plan(), layout, binding, this::caches);
    }

    /** Work space. */
    long bytes() {
        return work.bytes() + predictorBytes;
    }

    void reserve(List<Integer> units) {
        if (caches != null) {
            throw new IllegalStateException("caches are reserved once");
        }
        caches = PartCaches.allocate(layout, units, 0, kernels);
    }

    PartCaches caches() {
        PartCaches current = caches;
        if (current == null) {
            throw new IllegalStateException("reserve comes before the first step");
        }
        return current;
    }

    /** Computes every row of the plan, and fills the base's caches for those that predict; the kernels are entered. */
    void run(StepPlan plan) {
        step.load(plan);
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.get(Column.WANTS, row) != 0) {
                throw new ForetokenException(
                        ErrorCode.RUNTIME_FAILED,
                        "The step cannot be computed: wants=%d, the auxiliary gives nothing back"
                                .formatted(plan.get(Column.WANTS, row)));
            }
        }
        predictor.load(plan);
        forward.run(step);
    }

    @Override
    public void close() {
        PartCaches current = caches;
        if (current != null) {
            current.close();
        }
        predictor.close();
    }
}
