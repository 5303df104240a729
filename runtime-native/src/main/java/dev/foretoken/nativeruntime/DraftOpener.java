package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import dev.foretoken.nativeruntime.weights.WeightPool;
import dev.foretoken.nativeruntime.weights.WidthSlice;
import org.jspecify.annotations.Nullable;

/** Opens the network that drafts for a model. */
final class DraftOpener {

    private static final System.Logger LOG = System.getLogger(DraftOpener.class.getName());

    private final ModelSource source;
    private final RuntimeOptions options;
    private final Kernels kernels;
    private final LoadProgress progress;
    private final WeightPool pool;

    DraftOpener(ModelSource source, RuntimeOptions options, Kernels kernels, LoadProgress progress, WeightPool pool) {
        this.source = source;
        this.options = options;
        this.kernels = kernels;
        this.progress = progress;
        this.pool = pool;
    }

    /**
     * Reads headers only.
     *
     * @throws ForetokenException CONFIG_INVALID for a draft model that names tokens otherwise than the model, and what opening it throws
     */
    void check(ModelPlan base) {
        if (options.draft() instanceof DraftNetwork.Slice && !base.recurrents().isEmpty()) {
            throw refused(
                    "would be a slice of it and carry a recurrent state, which cannot go back over rejected tokens");
        }
        if (options.draft() instanceof DraftNetwork.Model draft) {
            try (OpenedModel opened = OpenedModel.open(draft.source())) {
                if (!opened.plan().recurrents().isEmpty()) {
                    throw refused("carries a recurrent state, which cannot go back over rejected tokens");
                }
                requireSameTokens(base, draft.source(), opened.plan());
            }
        }
    }

    /** Null when none is asked for. */
    @Nullable
    Network open(Network base) {
        return switch (options.draft()) {
            case DraftNetwork.None none -> null;
            case DraftNetwork.Model model -> smaller(model.source());
            case DraftNetwork.Slice slice -> {
                WidthSlice cut = WidthSlice.of(base.plan(), base.weights(), slice.share(), kernels);
                LOG.log(
                        System.Logger.Level.INFO,
                        "Drafting for {0} with a slice of it, {1} MiB of copies",
                        source.name(),
                        cut.weights().bytes() >> 20);
                yield new Network(cut.plan(), cut.weights());
            }
        };
    }

    private Network smaller(ModelSource draft) {
        try (OpenedModel opened = OpenedModel.open(draft)) {
            PackedWeights weights =
                    PackedWeights.load(opened.plan(), opened.weights(), options.weights(), kernels, progress, pool);
            LOG.log(
                    System.Logger.Level.INFO,
                    "Drafting for {0} with the weights of a smaller model: {1}",
                    source.name(),
                    weights.encodings());
            return new Network(opened.plan(), weights);
        }
    }

    private void requireSameTokens(ModelPlan base, ModelSource draft, ModelPlan drafts) {
        int wanted = base.vocabularySize();
        int found = drafts.vocabularySize();
        if (wanted != found) {
            throw refused("has a vocabulary of %d tokens, the model has %d".formatted(found, wanted));
        }
        if (VocabularyDigest.differ(source, draft)) {
            throw refused("has a tokenizer in which token ids stand for other text than in the model's");
        }
    }

    private ForetokenException refused(String what) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "The draft model of %s %s; give a draft model with the same tokenizer and attention only"
                        .formatted(source.name(), what));
    }
}
