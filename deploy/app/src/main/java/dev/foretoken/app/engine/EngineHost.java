package dev.foretoken.app.engine;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Makes the scheduler's host with every runtime that is on the class path. */
public final class EngineHost {

    private EngineHost() {}

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for CPUs that this process may not use */
    public static SchedulerHost start(EngineSettings settings, Telemetry telemetry) {
        return start(settings, telemetry, PrefixSecret.random(), GenerationTracer.OFF);
    }

    /**
     * As {@link #start(EngineSettings, Telemetry)}, with prefix keys that gateways can make, too, and somebody who sees every request.
     *
     * @param prefixSecret {@link PrefixSecret#shared}
     */
    public static SchedulerHost start(
            EngineSettings settings, Telemetry telemetry, byte[] prefixSecret, GenerationTracer tracer) {
        ProcessCpus.ofProcess().check(settings.cpus());
        List<RuntimeProvider> providers = providers();
        HostConfig budget = new HostConfig(
                        settings.memoryBytes(),
                        HostConfig.DEFAULT.memoryPercent(),
                        settings.cacheBytes(),
                        HostConfig.DEFAULT.stopTimeout())
                .withResidency(settings.turns())
                .withTensors(settings.tensors());
        return new SchedulerHost(
                budget,
                settings.scheduling(),
                HostEnvironment.ofProcess(providers, settings.device(), telemetry)
                        .withPrefixSecret(prefixSecret)
                        .withTracer(tracer));
    }

    /** What a variant takes, from its headers; empty where no runtime can tell. */
    public static Optional<RuntimeEstimate> estimate(
            EngineSettings settings, ModelSource source, RuntimeOptions options) {
        return providers().stream()
                .filter(provider -> provider.probe(source, settings.device()) instanceof Availability.Present)
                .findFirst()
                .flatMap(provider -> provider.estimate(source, settings.device(), options));
    }

    /** What builds variants here. @throws ForetokenException CONFIG_INVALID when there is none */
    public static VariantWorkshop workshop() {
        return ServiceLoader.load(VariantWorkshop.class)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID, "no runtime of this installation builds variants"));
    }

    private static List<RuntimeProvider> providers() {
        return ServiceLoader.load(RuntimeProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }
}
