package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate.Facts;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.scheduler.loop.AdapterLease;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
    private volatile Optional<Facts> told;
    private final Instant since;
    private final Watch watch;
    private final LoadLine line = new LoadLine();
    private volatile @Nullable OpenedModel opened;
    private volatile double progress;

    /**
     * @param told by its estimate; a graph tells more once it was opened
     * @param watch of its loads
     */
    ServedModel(ModelSource source, RuntimeOptions options, Optional<Facts> told, Instant since, Watch watch) {
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
        if (value != null && value.work() instanceof OpenedModel.Work.Tensors own) {
            told = Optional.of(new Facts.Tensors(Optional.of(own.signature()), own.tasks()));
        }
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
        OpenedModel.Work.Sequences model = requireOpened().sequences().orElseThrow(this::takesTensors);
        return model.loop()
                .submit(
                        request,
                        request.options()
                                .adapter()
                                .map(adapter -> model.adapters().enter(adapter))
                                .orElse(AdapterLease.NONE));
    }

    /** As {@link #submit}, of a graph of tensors. */
    TensorAnswer infer(TensorRequest request) {
        return requireOpened().tensors().orElseThrow(this::takesTokens).loop().infer(request);
    }

    /** Refuses a graph of tensors, as far as is known. */
    void requireSequences() {
        OpenedModel model = opened;
        if (model == null
                ? told.filter(facts -> facts instanceof Facts.Tensors).isPresent()
                : model.tensors().isPresent()) {
            throw takesTensors();
        }
    }

    /** Refuses what is no graph of tensors, as far as is known. */
    void requireTensors() {
        OpenedModel model = opened;
        if (model == null
                ? told.filter(facts -> facts instanceof Facts.Sequences).isPresent()
                : model.sequences().isPresent()) {
            throw takesTokens();
        }
    }

    /** What a graph takes and makes; empty while that is not known of one that was never loaded. */
    Optional<TensorSignature> signature() {
        requireTensors();
        return told.flatMap(facts -> facts instanceof Facts.Tensors own ? own.signature() : Optional.empty());
    }

    private ForetokenException takesTensors() {
        return new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "model '" + name() + "' takes tensors and generates no tokens: it serves " + tasks());
    }

    private ForetokenException takesTokens() {
        return new ForetokenException(
                ErrorCode.UNSUPPORTED_FEATURE,
                "model '" + name() + "' generates tokens and takes no tensors: it serves " + tasks());
    }

    private String tasks() {
        return info().tasks().stream()
                .map(task -> task.name().toLowerCase(Locale.ROOT))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private OpenedModel requireOpened() {
        OpenedModel model = opened;
        if (model == null) {
            throw new ForetokenException(ErrorCode.DRAINING, "model '" + name() + "' is not loaded any more");
        }
        return model;
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
        return model.sequences().orElseThrow(this::takesTensors).adapters();
    }

    /** What it has taken of the budget. */
    long bytes() {
        OpenedModel model = opened;
        return model == null ? 0 : model.memory().bytes() + model.adapterBytes();
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

    /** What is held of prompts; empty unless it is loaded and finds them again. */
    Optional<PrefixFeed> followPrefixes() {
        return Optional.ofNullable(opened)
                .flatMap(OpenedModel::sequences)
                .flatMap(own -> own.loop().followPrefixes());
    }

    /** Of a loaded one. */
    Optional<OpenedModel.Work> work() {
        return Optional.ofNullable(opened).map(OpenedModel::work);
    }

    ModelInfo info() {
        OpenedModel model = opened;
        ModelPortrait portrait = new ModelPortrait(name());
        return model == null
                ? portrait.away(new ModelInfo.Standing(state(), since, progress), told)
                : portrait.loaded(ModelInfo.Standing.of(state(), since), model);
    }

    ModelLoad load() {
        OpenedModel model = opened;
        ModelPortrait portrait = new ModelPortrait(name());
        return model == null ? portrait.away(line.sequences()) : portrait.load(model.work());
    }
}
