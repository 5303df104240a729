package dev.foretoken.nativeruntime.exec;

import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What follows from plans alone, before there are weights: what the scheduler must know, and how much work space steps take.
 *
 * @param prediction null = none
 * @param draft null = none
 * @param contextTokens at most the base's own
 * @param cacheType of K and V
 */
public record RuntimeSize(
        ModelPlan base,
        @Nullable PredictionPlan prediction,
        @Nullable ModelPlan draft,
        KvType cacheType,
        int contextTokens,
        AdapterLimits adapters) {

    private static final Set<Feature> FEATURES = Set.of(
            Feature.RAGGED_ROWS,
            Feature.MIXED_SPANS,
            Feature.PREFIX_SHARING,
            Feature.ROLLBACK,
            Feature.BATCH_INVARIANT,
            Feature.PROMPT_LOGPROBS,
            Feature.HIDDEN_STATES,
            Feature.TOKEN_MASKS,
            Feature.EMBEDDING_ROWS,
            Feature.BLOCK_TRANSFER);

    static RuntimeSize of(NativeSequenceRuntime.Parts parts) {
        Network draft = parts.draft();
        Prediction prediction = parts.prediction();
        return new RuntimeSize(
                parts.base().plan(),
                prediction == null ? null : prediction.plan(),
                draft == null ? null : draft.plan(),
                parts.cacheType(),
                parts.contextTokens(),
                parts.adapters());
    }

    public ModelShape shape(String numericsId) {
        List<PartShape> shapes = new ArrayList<>();
        shapes.add(part(PartShape.Role.BASE, base));
        if (prediction != null) {
            shapes.add(part(PartShape.Role.AUXILIARY, prediction.kept()));
        }
        if (draft != null) {
            shapes.add(part(PartShape.Role.DRAFT, draft));
        }
        int invariant = base.attentions().stream()
                .mapToInt(Attention::lengthInvariantTokens)
                .reduce(contextTokens, Math::min);
        return new ModelShape(base.vocabularySize(), contextTokens, shapes, numericsId, invariant);
    }

    private PartShape part(PartShape.Role role, ModelPlan plan) {
        return new PartShape(
                role, plan.hiddenSize(), CacheLayout.of(plan, cacheType).spec());
    }

    public Capabilities capabilities() {
        Set<Feature> features = EnumSet.copyOf(FEATURES);
        if (adapters.any()) {
            features.add(Feature.ADAPTERS);
        }
        if (prediction != null) {
            features.add(Feature.PREDICTION);
        }
        return new Capabilities(features, limits().rows(), limits().tokens(), 1);
    }

    /** Every part takes the same steps. */
    StepLimits limits() {
        StepLimits most = StepLimits.of(base, contextTokens);
        if (prediction != null) {
            most = most.within(
                    StepLimits.of(prediction.auxiliary(), contextTokens, KvPredictor.floatsPerToken(prediction)));
        }
        return draft == null ? most : most.within(StepLimits.of(draft, contextTokens));
    }

    /**
     * Bytes of work space.
     *
     * @param baseOrder inputs of the base's widest matrix that has them in an order of its own; 0 if none has
     * @param auxiliaryOrder the auxiliary's
     * @param draftOrder the draft's
     */
    public long workBytes(int baseOrder, int auxiliaryOrder, int draftOrder) {
        StepLimits limits = limits();
        long adapted = adapters.any() ? (long) limits.tokens() * adapters.rank() * widestSite() * Float.BYTES : 0;
        long own = bytes(base, limits, baseOrder) + adapted;
        if (prediction != null) {
            own += Workspace.bytes(prediction.auxiliary(), limits.tokens(), auxiliaryOrder)
                    + KvPredictor.bytes(prediction, limits);
        }
        return draft == null ? own : own + bytes(draft, limits.withFewHeads(), draftOrder);
    }

    private static long bytes(ModelPlan plan, StepLimits limits, int order) {
        long rounds = plan.isSequential() ? (long) limits.tokens() * plan.hiddenSize() * Float.BYTES : 0;
        return Workspace.bytes(plan, limits.tokens(), order) + HeadPass.bytes(plan, limits) + rounds;
    }

    /** Most linear maps over one input that adapters can add to: all of a mixer but its output. */
    private int widestSite() {
        int widest = 1;
        for (Mixer mixer : base.mixers()) {
            widest = Math.max(widest, mixer instanceof Moe ? 1 : mixer.linears().size() - 1);
        }
        return widest;
    }
}
