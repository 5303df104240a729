package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.loop.AdapterLease;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One variant in the host's table, from the moment it is offered or its load begins. */
final class ServedModel {

    /**
     * Who has a part in loads.
     *
     * @param check throws what a load is refused with
     * @param listener is told how far a load is
     */
    record Watch(Consumer<LoadProgress> check, LoadProgress listener) {}

    private final ModelSource source;
    private final RuntimeOptions options;
    private final Optional<ModelShape> told;
    private final Instant since;
    private final Watch watch;
    private final LoadLine line = new LoadLine();
    private volatile @Nullable OpenedModel opened;
    private volatile double progress;

    /**
     * @param told of a variant that was not opened yet, by its estimate
     * @param watch of its loads
     */
    ServedModel(ModelSource source, RuntimeOptions options, Optional<ModelShape> told, Instant since, Watch watch) {
        this.watch = watch;
        this.source = source;
        this.options = options;
        this.told = told;
        this.since = since;
    }

    String name() {
        return source.name();
    }

    ModelSource source() {
        return source;
    }

    RuntimeOptions options() {
        return options;
    }

    /** Who waits for it, and how it fared. */
    LoadLine line() {
        return line;
    }

    void opened(@Nullable OpenedModel value) {
        opened = value;
        progress = 0;
    }

    @Nullable
    OpenedModel opened() {
        return opened;
    }

    /** Before a load. */
    void check() {
        watch.check().accept(this::progress);
    }

    void progress(String stage, long done, long total) {
        progress = total <= 0 ? 0 : (double) done / total;
        watch.listener().update(stage, done, total);
    }

    /** Share of the load that is done. */
    double progress() {
        return progress;
    }

    ModelState state() {
        OpenedModel model = opened;
        if (model == null) {
            return line.state();
        }
        return switch (model.loop().phase()) {
            case SERVING -> ModelState.READY;
            case DRAINING, STOPPING, ENDED -> ModelState.DRAINING;
            case BROKEN -> ModelState.FAILED;
        };
    }

    /** Answers a request; the variant is loaded, and may refuse it with DRAINING while it goes. */
    Generation submit(GenerationRequest request) {
        OpenedModel model = opened;
        if (model == null) {
            throw new ForetokenException(ErrorCode.DRAINING, "model '" + name() + "' is not loaded any more");
        }
        return model.loop()
                .submit(
                        request,
                        request.options()
                                .adapter()
                                .map(adapter -> model.adapters().enter(adapter))
                                .orElse(AdapterLease.NONE));
    }

    /** Takes nothing new from now on, and ends with its last sequence. */
    void drain() {
        OpenedModel model = opened;
        if (model != null) {
            model.loop().drain();
        }
    }

    /** The adapters, once the variant is loaded. */
    AdapterTable adapters() {
        OpenedModel model = opened;
        if (model == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_LOADING,
                    "model " + name() + " is not loaded; send it a request and try again then");
        }
        return model.adapters();
    }

    /** What it has taken of the budget. */
    long bytes() {
        OpenedModel model = opened;
        return model == null ? 0 : model.memory().bytes() + model.adapters().bytes();
    }

    Optional<ComputeInfo> compute() {
        OpenedModel model = opened;
        return model == null ? Optional.empty() : model.compute();
    }

    /** Of each layer with experts, in order. */
    List<ExpertLoad> expertLoads() {
        OpenedModel model = opened;
        return model == null ? List.of() : model.expertLoads();
    }

    /** Copies of recurrent states held. */
    long checkpoints() {
        OpenedModel model = opened;
        return model == null ? 0 : model.loop().checkpoints();
    }

    /** Bytes of one copy. */
    long checkpointBytes() {
        OpenedModel model = opened;
        return model == null ? 0 : model.shape().base().caches().checkpointBytes();
    }

    ModelInfo info() {
        OpenedModel model = opened;
        if (model == null) {
            int vocabulary = told.map(ModelShape::vocabularySize).orElse(0);
            int context = told.map(ModelShape::contextTokens).orElse(0);
            return new ModelInfo(name(), state(), vocabulary, context, "", "", since)
                    .withPrefillModes(
                            prefillModes(told.map(ServedModel::predicts).orElse(false)))
                    .withProgress(progress);
        }
        return new ModelInfo(
                        name(),
                        state(),
                        model.shape().vocabularySize(),
                        model.shape().contextTokens(),
                        model.runtimeName(),
                        model.shape().numericsId(),
                        since,
                        model.heldAs(),
                        model.adapters().ready())
                .withPrefillModes(prefillModes(model.loop().predicts()));
    }

    private static List<PrefillMode> prefillModes(boolean predicts) {
        return predicts ? List.of(PrefillMode.values()) : List.of(PrefillMode.EXACT);
    }

    /** As far as its shape tells. */
    private static boolean predicts(ModelShape shape) {
        return shape.parts().stream().anyMatch(part -> part.role() == PartShape.Role.AUXILIARY);
    }

    ModelLoad load() {
        OpenedModel model = opened;
        if (model == null) {
            return new ModelLoad(name(), line.sequences(), 0, 0, 0, 0, LoadCounters.ZERO);
        }
        SchedulerLoop loop = model.loop();
        return new ModelLoad(
                name(),
                loop.waiting(),
                loop.running(),
                model.shape().base().caches().blockTokens(),
                loop.totalBlocks(),
                loop.usedBlocks(),
                loop.counters());
    }
}
