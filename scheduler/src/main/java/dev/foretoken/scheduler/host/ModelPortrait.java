package dev.foretoken.scheduler.host;

import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RaggedAxis;
import dev.foretoken.contract.runtime.RuntimeEstimate.Facts;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.scheduler.loop.ModelLoop;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the host tells of a variant, loaded or not. */
record ModelPortrait(String name) {

    /** Of one that is not loaded: what its estimate told. */
    ModelInfo away(ModelInfo.Standing standing, Optional<Facts> told) {
        ModelInfo plain = new ModelInfo(
                name,
                standing,
                ModelInfo.Sizes.UNKNOWN,
                ModelInfo.Computation.UNKNOWN,
                ModelInfo.Offer.GENERATION.withTasks(Set.of()));
        return told.map(facts -> plain.withSizes(sizes(facts)).withOffer(offer(facts)))
                .orElse(plain);
    }

    private static ModelInfo.Sizes sizes(Facts facts) {
        return switch (facts) {
            case Facts.Sequences sequences -> sizes(sequences.shape());
            case Facts.Tensors tensors ->
                tensors.signature().map(ModelPortrait::sizes).orElse(ModelInfo.Sizes.UNKNOWN);
        };
    }

    private static ModelInfo.Offer offer(Facts facts) {
        return switch (facts) {
            case Facts.Sequences sequences ->
                ModelInfo.Offer.GENERATION.withPrefillModes(prefillModes(predicts(sequences.shape())));
            case Facts.Tensors tensors -> ModelInfo.Offer.GENERATION.withTasks(tensors.tasks());
        };
    }

    ModelInfo loaded(ModelInfo.Standing standing, OpenedModel model) {
        String numericsId =
                model.sequences().map(own -> own.shape().numericsId()).orElse("");
        return new ModelInfo(
                name,
                standing,
                sizes(model.work()),
                new ModelInfo.Computation(model.runtimeName(), numericsId, model.heldAs()),
                offer(model.work()));
    }

    private static ModelInfo.Sizes sizes(OpenedModel.Work work) {
        return switch (work) {
            case OpenedModel.Work.Sequences sequences -> sizes(sequences.shape());
            case OpenedModel.Work.Tensors tensors -> sizes(tensors.signature());
        };
    }

    private static ModelInfo.Offer offer(OpenedModel.Work work) {
        return switch (work) {
            case OpenedModel.Work.Sequences sequences ->
                new ModelInfo.Offer(
                        Set.of(ModelTask.GENERATE),
                        sequences.adapters().ready(),
                        prefillModes(sequences.loop().predicts()));
            case OpenedModel.Work.Tensors tensors -> ModelInfo.Offer.GENERATION.withTasks(tensors.tasks());
        };
    }

    private static ModelInfo.Sizes sizes(ModelShape shape) {
        return new ModelInfo.Sizes(shape.vocabularySize(), shape.contextTokens());
    }

    private static ModelInfo.Sizes sizes(TensorSignature signature) {
        long most = signature.ragged().map(RaggedAxis::most).orElse(0L);
        return new ModelInfo.Sizes(0, (int) Math.min(most, Integer.MAX_VALUE));
    }

    private static List<PrefillMode> prefillModes(boolean predicts) {
        return predicts ? List.of(PrefillMode.values()) : List.of(PrefillMode.EXACT);
    }

    /** As far as its shape tells. */
    private static boolean predicts(ModelShape shape) {
        return shape.parts().stream().anyMatch(part -> part.role() == PartShape.Role.AUXILIARY);
    }

    /** Of one that is not loaded, and that so many sequences wait for. */
    ModelLoad away(int waiting) {
        return new ModelLoad(name, waiting, 0, 0, 0, 0, LoadCounters.ZERO);
    }

    ModelLoad load(OpenedModel.Work work) {
        ModelLoop any = work.loop();
        return switch (work) {
            case OpenedModel.Work.Sequences sequences -> {
                SchedulerLoop loop = sequences.loop();
                int blockTokens = sequences.shape().base().caches().blockTokens();
                yield new ModelLoad(
                        name,
                        loop.waiting(),
                        loop.running(),
                        blockTokens,
                        loop.totalBlocks(),
                        loop.usedBlocks(),
                        loop.work(),
                        loop.cost(),
                        loop.counters());
            }
            case OpenedModel.Work.Tensors tensors ->
                new ModelLoad(name, any.waiting(), any.running(), 0, 0, 0, any.counters());
        };
    }
}
