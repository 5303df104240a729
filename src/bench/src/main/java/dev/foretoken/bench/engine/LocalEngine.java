package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.bench.scripted.WrappedProvider;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import dev.foretoken.scheduler.prefill.StepTimes;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.UnaryOperator;

/** The scheduler's host in this process with one model, and every runtime that is on the class path. */
public final class LocalEngine implements AutoCloseable {
    public static final String MODEL = "bench";

    private final SchedulerHost host;
    private final ModelInfo model;

    private LocalEngine(SchedulerHost host, ModelInfo model) {
        this.host = host;
        this.model = model;
    }

    /** Loads the model, with a progress bar, for {@code batch} sequences at once. */
    public static LocalEngine open(String location, RuntimeChoice choice, int batch) {
        return open(location, choice, batch, AdapterLimits.NONE);
    }

    /** The same with room for adapters. */
    static LocalEngine open(String location, RuntimeChoice choice, int batch, AdapterLimits adapters) {
        return open(location, choice, batch, adapters, StepTimes.IGNORED);
    }

    /** The same as the first; {@code steps} is told what every step took, on the thread of the engine's loop. */
    static LocalEngine open(String location, RuntimeChoice choice, int batch, StepTimes steps) {
        return open(location, choice, batch, AdapterLimits.NONE, steps);
    }

    private static LocalEngine open(
            String location, RuntimeChoice choice, int batch, AdapterLimits adapters, StepTimes steps) {
        ModelSource source = source(MODEL, location);
        HostEnvironment environment =
                environment(choice.device()).withDrafts(choice.drafts()).withStepTimes(steps);
        SchedulerHost host = new SchedulerHost(HostConfig.DEFAULT, choice.scheduling(batch), environment);
        try (ProgressBar bar = ProgressBar.onStandardError("loading")) {
            return loaded(host, source, choice.options(adapters), onBar(bar));
        }
    }

    private static LoadProgress onBar(ProgressBar bar) {
        return (stage, done, total) -> bar.update(done, total, stage + " " + Format.count(done >> 20) + " MiB");
    }

    /** Loads another model under a name of its own; the engine goes on with the first. */
    ModelInfo loadBeside(String name, String location, RuntimeChoice choice) {
        return loadBeside(source(name, location), choice.options());
    }

    /** Loads another model; the engine goes on with the first. */
    public ModelInfo loadBeside(ModelSource source, RuntimeOptions options) {
        try (ProgressBar bar = ProgressBar.onStandardError("loading " + source.name())) {
            return host.load(source, options, onBar(bar));
        }
    }

    /** Loads the model as a server would, without drafts. */
    public static LocalEngine open(ModelSource source, RuntimeOptions options, DeviceSpec device) {
        return open(HostConfig.DEFAULT, source, options, device);
    }

    /** The same with a server's limits of its own. */
    public static LocalEngine open(HostConfig config, ModelSource source, RuntimeOptions options, DeviceSpec device) {
        SchedulerHost host = new SchedulerHost(config, SchedulerConfig.DEFAULT, environment(device));
        return loaded(host, source, options, LoadProgress.SILENT);
    }

    /** Loads the model as a server would, with something in front of each runtime and a progress bar. */
    public static LocalEngine open(
            ModelSource source, RuntimeOptions options, DeviceSpec device, UnaryOperator<SequenceRuntime> front) {
        return open(HostConfig.DEFAULT, source, options, device, front);
    }

    /**
     * The same with caches that hold about {@code sequences} of full length: prompts soon come into memory that others were in, as in a server
     * that has run for a while, and not into pages that the system has yet to give.
     */
    public static LocalEngine openSmall(ModelSource source, RuntimeOptions options, DeviceSpec device, int sequences) {
        HostConfig usual = HostConfig.DEFAULT;
        long bytes = sequences * sequenceBytes(source, options, device);
        HostConfig small = new HostConfig(usual.memoryBudgetBytes(), usual.memoryPercent(), bytes, usual.stopTimeout());
        return open(small, source, options, device, runtime -> runtime);
    }

    /** Caches of one sequence of full length in all parts; 0 where that cannot be told. */
    private static long sequenceBytes(ModelSource source, RuntimeOptions options, DeviceSpec device) {
        return providers().stream()
                .map(provider -> provider.estimate(source, device, options))
                .flatMap(Optional::stream)
                .flatMap(estimate -> estimate.shape().stream())
                .findFirst()
                .map(LocalEngine::sequenceBytes)
                .orElse(0L);
    }

    private static long sequenceBytes(ModelShape shape) {
        long bytes = 0;
        for (PartShape part : shape.parts()) {
            CacheSpec caches = part.caches();
            for (int kind = 0; kind < caches.kinds().size(); kind++) {
                bytes += caches.unitsFor(kind, shape.contextTokens(), shape.contextTokens()) * caches.unitBytes(kind);
            }
        }
        return bytes;
    }

    private static LocalEngine open(
            HostConfig config,
            ModelSource source,
            RuntimeOptions options,
            DeviceSpec device,
            UnaryOperator<SequenceRuntime> front) {
        List<RuntimeProvider> providers = providers().stream()
                .<RuntimeProvider>map(one -> new WrappedProvider(one, front))
                .toList();
        SchedulerHost host = new SchedulerHost(
                config, SchedulerConfig.DEFAULT, HostEnvironment.ofProcess(providers, device, Telemetry.NONE));
        try (ProgressBar bar = ProgressBar.onStandardError("loading " + source.name())) {
            return loaded(host, source, options, onBar(bar));
        }
    }

    /** Every runtime that is on the class path. */
    public static List<RuntimeProvider> providers() {
        return ServiceLoader.load(RuntimeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    private static HostEnvironment environment(DeviceSpec device) {
        return HostEnvironment.ofProcess(providers(), device, Telemetry.NONE);
    }

    private static LocalEngine loaded(
            SchedulerHost host, ModelSource source, RuntimeOptions options, LoadProgress progress) {
        try {
            return new LocalEngine(host, host.load(source, options, progress));
        } catch (RuntimeException | Error e) {
            host.close();
            throw e;
        }
    }

    public Engine engine() {
        return host;
    }

    public TensorEngine tensors() {
        return host;
    }

    SchedulerHost host() {
        return host;
    }

    public ModelInfo model() {
        return model;
    }

    @Override
    public void close() {
        host.close();
    }

    static ModelSource source(String location) {
        return source(MODEL, location);
    }

    /** @param location a folder or file, or {@code random:SHAPE} */
    public static ModelSource source(String name, String location) {
        if (location.startsWith("random:")) {
            return new ModelSource(name, URI.create(location), "");
        }
        Path path = Path.of(location);
        if (!Files.exists(path)) {
            throw new IllegalArgumentException(
                    "--model %s: there is no such folder; for random weights of a named shape write random:%s"
                            .formatted(location, location));
        }
        return ModelSource.of(name, path);
    }
}
