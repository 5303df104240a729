package dev.foretoken.nativeruntime;

import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.nativeruntime.exec.RuntimeSize;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.PackedSize;
import dev.foretoken.nativeruntime.weights.WeightPool;
import dev.foretoken.nativeruntime.weights.WidthSlice;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a variant would take of memory, from plans and headers. */
record ResidentEstimate(RuntimeOptions options, Kernels kernels, WeightPool pool) {

    RuntimeEstimate of(OpenedModel model, int contextTokens) {
        PackedSize weights = size(model, null);
        return switch (options.draft()) {
            case DraftNetwork.None none -> of(model, contextTokens, weights, null, PackedSize.NONE);
            case DraftNetwork.Slice slice ->
                of(
                        model,
                        contextTokens,
                        weights,
                        WidthSlice.about(model.plan(), slice.share()),
                        new PackedSize(copied(model, slice.share()), weights.widestOrder(), Set.of()));
            case DraftNetwork.Model draft -> {
                try (OpenedModel smaller = OpenedModel.open(draft.source())) {
                    yield of(model, contextTokens, weights, smaller.plan(), size(smaller, weights));
                }
            }
        };
    }

    private RuntimeEstimate of(
            OpenedModel model, int contextTokens, PackedSize weights, @Nullable ModelPlan draft, PackedSize drafts) {
        OpenedPrediction prediction = model.prediction();
        RuntimeSize size = new RuntimeSize(
                model.plan(),
                prediction == null ? null : prediction.plan(),
                draft,
                KernelSetup.cacheType(options, kernels),
                contextTokens,
                options.adapters());
        PackedSize auxiliary = prediction == null
                ? PackedSize.NONE
                : prediction.size(model.weights(), options.weights(), kernels, pool, weights);
        long maps = prediction == null ? 0 : prediction.mapBytes(options, kernels);
        return new RuntimeEstimate(
                weights.bytes() + auxiliary.bytes() + maps + drafts.bytes(),
                size.workBytes(weights.widestOrder(), auxiliary.widestOrder(), drafts.widestOrder()),
                size.shape(""),
                size.capabilities());
    }

    private PackedSize size(OpenedModel model, @Nullable PackedSize beside) {
        return PackedSize.of(model.plan(), model.weights(), options.weights(), kernels, pool, beside);
    }

    /** Of what a slice reads, only the first columns of matrices are copied: those of the second map of feed-forward layers. */
    private long copied(OpenedModel model, double share) {
        List<Matrix> cut = model.plan().mixers().stream()
                .filter(Mlp.class::isInstance)
                .flatMap(mixer -> ((Mlp) mixer).down().packed().stream())
                .toList();
        return Math.round(share
                * PackedSize.of(cut, model.weights(), options.weights(), kernels)
                        .bytes());
    }
}
