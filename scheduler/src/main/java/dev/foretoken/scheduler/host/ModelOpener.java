package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SchedulerSetup;
import dev.foretoken.scheduler.SpeculationConfig;
import dev.foretoken.scheduler.blocks.CacheSizing;
import dev.foretoken.scheduler.blocks.CheckpointBudget;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import dev.foretoken.scheduler.loop.LoopSetup;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import dev.foretoken.scheduler.prefill.MeasuredPrefill;
import dev.foretoken.scheduler.prefill.PrefillPolicy;
import dev.foretoken.scheduler.tensor.TensorLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens variants: finds the provider, pays for weights and caches out of the budget, starts the loop. Undoes everything when one fails. */
final class ModelOpener {

    private static final Metric ADAPTER_REQUESTS = Metric.of(
            "foretoken_adapter_requests_total", "Requests that named a LoRA adapter", "model_name", "adapter");

    private final HostConfig config;
    private final SchedulerConfig scheduling;
    private final HostEnvironment environment;
    private final MemoryBudget budget;
    private final DeviceArbiter arbiter = new DeviceArbiter();

    ModelOpener(HostConfig config, SchedulerConfig scheduling, HostEnvironment environment, MemoryBudget budget) {
        this.config = config;
        this.scheduling = scheduling;
        this.environment = environment;
        this.budget = budget;
    }

    OpenedModel open(ModelSource source, RuntimeOptions options, LoadProgress progress) {
        RuntimeProvider provider = provider(source);
        ModelRuntime runtime = provider.open(source, environment.device(), options, progress);
        try {
            MemoryShare memory = new MemoryShare(budget, source.name(), runtime::residentBytes);
            return opened(source, options, provider, runtime, memory);
        } catch (RuntimeException | Error e) {
            runtime.close();
            throw e;
        }
    }

    private OpenedModel opened(
            ModelSource source,
            RuntimeOptions options,
            RuntimeProvider provider,
            ModelRuntime runtime,
            MemoryShare memory) {
        try {
            OpenedModel.Work work = switch (runtime) {
                case SequenceRuntime sequences -> sequences(source, options, sequences, memory);
                case TensorRuntime tensors -> tensors(source, tensors, memory);
            };
            return new OpenedModel(
                    provider.name(), runtime.compute(), runtime.heldAs(), runtime.expertLoads(), work, memory);
        } catch (RuntimeException | Error e) {
            memory.end();
            throw e;
        }
    }

    private OpenedModel.Work sequences(
            ModelSource source, RuntimeOptions options, SequenceRuntime runtime, MemoryShare memory) {
        CacheReservation reservation = reservation(runtime);
        memory.takeCaches(reservation.bytes(runtime.shape()));
        runtime.reserve(reservation);
        SchedulerLoop loop = loop(source, options, runtime, reservation);
        loop.start();
        return new OpenedModel.Work.Sequences(runtime.shape(), loop, adapters(source, options, runtime, loop));
    }

    private OpenedModel.Work tensors(ModelSource source, TensorRuntime runtime, MemoryShare memory) {
        memory.takeCaches(TensorLoop.scratchBytes(config.tensors()));
        TensorLoop loop = new TensorLoop(new TensorLoop.Setup(
                runtime,
                config.tensors(),
                new TensorMetrics(environment.telemetry(), source.name()),
                memory,
                arbiter,
                environment.nanoTime(),
                environment.threads()));
        OpenedModel.Work work = new OpenedModel.Work.Tensors(runtime.signature(), runtime.tasks(), loop);
        loop.start();
        return work;
    }

    private AdapterTable adapters(
            ModelSource source, RuntimeOptions options, SequenceRuntime runtime, SchedulerLoop loop) {
        boolean taken = runtime.capabilities().has(Feature.ADAPTERS);
        return new AdapterTable(
                source.name(),
                taken ? options.adapters() : AdapterLimits.NONE,
                new AdapterTable.Runtime(
                        runtime::openAdapter,
                        command -> loop.apply(command, AdapterTable.COMMAND_PATIENCE),
                        adapter -> environment.telemetry().counter(ADAPTER_REQUESTS, source.name(), adapter)),
                budget,
                environment.instants());
    }

    private RuntimeProvider provider(ModelSource source) {
        List<String> reasons = new ArrayList<>();
        for (RuntimeProvider provider : environment.providers()) {
            switch (provider.probe(source, environment.device())) {
                case Availability.Present p -> {
                    return provider;
                }
                case Availability.Missing missing -> reasons.add(provider.name() + ": " + missing.reason());
            }
        }
        throw new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "no runtime can open model " + source.name() + ". "
                        + (reasons.isEmpty() ? "No runtime is installed" : String.join("; ", reasons)));
    }

    /** What the provider that would open it says of it; empty where it does not. */
    Optional<RuntimeEstimate> estimate(ModelSource source, RuntimeOptions options) {
        return provider(source).estimate(source, environment.device(), options);
    }

    /** The room that loading it takes, caches as they would be reserved. */
    ModelNeed need(RuntimeEstimate estimate) {
        return switch (estimate.facts()) {
            case RuntimeEstimate.Facts.Sequences(ModelShape shape, Capabilities capabilities) ->
                ModelNeed.ofSequences(estimate, shape, sizing(shape, capabilities), config.cacheBytes());
            case RuntimeEstimate.Facts.Tensors tensors ->
                ModelNeed.ofTensors(estimate, TensorLoop.scratchBytes(config.tensors()));
        };
    }

    private CacheSizing sizing(ModelShape shape, Capabilities capabilities) {
        return new CacheSizing(
                shape,
                Math.min(scheduling.maxRunningSequences(), capabilities.maxRows()),
                Math.min(scheduling.maxTokensPerStep(), capabilities.maxTokens()),
                drafted(),
                checkpoints(capabilities));
    }

    private CacheReservation reservation(SequenceRuntime runtime) {
        CacheSizing sizing = sizing(runtime.shape(), runtime.capabilities());
        return config.cacheBytes() > 0
                ? sizing.filling(config.cacheBytes())
                : sizing.ample(Math.max(budget.left() / 2, 0));
    }

    private CheckpointBudget checkpoints(Capabilities capabilities) {
        boolean kept = scheduling.prefixCache() && capabilities.has(Feature.PREFIX_SHARING);
        return new CheckpointBudget(kept, scheduling.prefixes().checkpointBytes());
    }

    private int drafted() {
        SpeculationConfig speculation = scheduling.speculation();
        return speculation.maxDraftTokens() == 0 ? 0 : speculation.maxRows();
    }

    /** Steps are always measured: who chooses between engines asks what they take. */
    private PrefillPolicy prefill(String model, SequenceRuntime runtime) {
        int stepTokens =
                Math.min(scheduling.maxTokensPerStep(), runtime.capabilities().maxTokens());
        int besideDecode = scheduling.promptTokensBesideDecode();
        boolean predicts = runtime.shape().parts().stream().anyMatch(part -> part.role() == PartShape.Role.AUXILIARY);
        PrefillPolicy policy = predicts
                ? MeasuredPrefill.policy(
                        runtime.shape(), stepTokens, besideDecode, new PrefillMetrics(environment.telemetry(), model))
                : MeasuredPrefill.observing(runtime.shape(), stepTokens, besideDecode);
        return policy.alsoTelling(environment.stepTimes());
    }

    private SchedulerLoop loop(
            ModelSource source, RuntimeOptions options, SequenceRuntime runtime, CacheReservation reservation) {
        SchedulerSetup setup = new SchedulerSetup(
                source.name(),
                runtime.shape(),
                runtime.capabilities(),
                reservation,
                scheduling,
                environment.prefixSecret(),
                environment.drafts(),
                prefill(source.name(), runtime));
        ModelMetrics metrics = new ModelMetrics(
                environment.telemetry(), source.name(), options.draft().label());
        return new SchedulerLoop(
                new LoopSetup(runtime, setup, metrics, arbiter, environment.nanoTime(), environment.threads()));
    }
}
