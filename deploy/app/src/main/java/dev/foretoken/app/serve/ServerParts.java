package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.config.ReplicaSettings;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.engine.FirstStep;
import dev.foretoken.app.engine.TextFiles;
import dev.foretoken.app.mount.AliasWatch;
import dev.foretoken.app.mount.HostVariants;
import dev.foretoken.app.mount.Mounting;
import dev.foretoken.app.mount.PodVariants;
import dev.foretoken.app.mount.RegistryMounts;
import dev.foretoken.app.mount.RegistryVariants;
import dev.foretoken.app.mount.VariantCatalogue;
import dev.foretoken.app.mount.VariantEngine;
import dev.foretoken.app.mount.VariantText;
import dev.foretoken.contract.engine.GenerationTracer;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.grpc.GrpcConfig;
import dev.foretoken.gateway.grpc.GrpcServer;
import dev.foretoken.gateway.model.AdapterAdmin;
import dev.foretoken.gateway.model.EndpointMetrics;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.picker.PickerConfig;
import dev.foretoken.gateway.picker.PickerServer;
import dev.foretoken.gateway.remote.EventLoops;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.scheduler.host.SchedulerHost;
import dev.foretoken.wire.tls.TlsMaterial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What runs in this process beside HTTP. Parts are closed in the opposite order of their start. */
final class ServerParts implements AutoCloseable {

    /** Until the last events of ended sequences have reached their callers. */
    private static final Duration LAST_BYTES = Duration.ofSeconds(2);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Optional<TlsMaterial> podTls;
    private final Optional<TlsMaterial> registryTls;
    private @Nullable SchedulerHost host;
    private @Nullable PodFleet fleet;
    private @Nullable GrpcServer grpc;
    private @Nullable PodServer pod;
    private @Nullable ReplicaPart replica;
    private @Nullable PickerServer picker;
    private @Nullable BatchFolderPart folder;
    private @Nullable BatchPart topics;

    private ServerParts(AppConfig config) {
        this.podTls = Transport.read(config.transport().pods());
        this.registryTls = config.offered().replica().flatMap(replica -> Transport.read(replica.tls()));
    }

    /**
     * HTTP of this process.
     *
     * @param port that callers use
     * @param loops that move its connections
     */
    record Http(int port, EventLoops loops) {}

    /** @throws dev.foretoken.contract.ForetokenException when a part cannot start; nothing stays open then */
    static ServerParts start(
            AppConfig config, Gateway gateway, GenerationTracer tracer, LoadProgress progress, Http http) {
        ServerParts parts = new ServerParts(config);
        try {
            parts.keep(Transport.follow(Stream.of(gateway.tls(), parts.podTls, parts.registryTls)));
            parts.beginUnready(config, gateway);
            RegistryPart registry = parts.keep(RegistryPart.open(config, gateway));
            EngineSet engines = config.role().hasEngine()
                    ? parts.local(config, gateway, tracer)
                    : parts.remote(config, gateway, http.loops());
            if (config.role().hasEdge()) {
                parts.offer(config, gateway, engines);
            }
            parts.load(config, progress);
            parts.adapt(config, gateway);
            parts.mount(config, gateway, engines, registry);
            registry.offer();
            config.batchFolder()
                    .ifPresent(settings ->
                            parts.folder = parts.keep(BatchFolderPart.start(settings, config.batchTopics(), gateway)));
            parts.listen(config, gateway, http.port());
            config.batchTopics()
                    .ifPresent(settings ->
                            parts.topics = parts.keep(BatchPart.start(settings, config, gateway, http.port())));
            return parts;
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for an address that needs a credential it has not */
    static void check(AppConfig config) {
        if (config.isPod()) {
            podConfig(config);
        }
    }

    private static PodConfig podConfig(AppConfig config) {
        return PodConfig.of(config.ports().host(), config.ports().pod(), config.credential());
    }

    private EngineSet local(AppConfig config, Gateway gateway, GenerationTracer tracer) {
        byte[] secret = config.isPod() ? PrefixSecret.shared(config.credential()) : PrefixSecret.random();
        SchedulerHost started = keep(EngineHost.start(config.engine(), gateway.telemetry(), secret, tracer));
        host = started;
        return EngineSet.of(List.of(new EngineEndpoint("local", started)));
    }

    private EngineSet remote(AppConfig config, Gateway gateway, EventLoops loops) {
        PodFleet started = keep(PodFleet.start(config, loops, podTls, gateway.prefixes(), gateway.health()::leave));
        fleet = started;
        return started.engines();
    }

    private void offer(AppConfig config, Gateway gateway, EngineSet engines) {
        EndpointMetrics.register(gateway.telemetry(), engines);
        TextFiles text = new TextFiles(ModelLocation.ofProcess());
        config.models()
                .forEach(mount -> gateway.catalog()
                        .put(text.serve(mount, engines)
                                .reading(config.prediction().of(mount.name(), PrefillChoice.NONE))));
    }

    private void load(AppConfig config, LoadProgress progress) {
        SchedulerHost target = host;
        if (target != null) {
            ModelLocation locations = ModelLocation.ofProcess();
            for (ModelMount mount : config.models()) {
                ModelInfo loaded = target.load(
                        locations.source(mount),
                        config.engine().runtime(mount, locations),
                        (stage, done, total) -> progress.update(mount.name() + ": " + stage, done, total));
                config.prediction().requireOffered(mount.name(), loaded.prefillModes());
                if (config.isPod()) {
                    FirstStep.run(target, loaded);
                }
            }
            config.adapters().mounts().forEach(mount -> target.loadAdapter(mount.model(), mount.name(), mount.path()));
        }
    }

    private void adapt(AppConfig config, Gateway gateway) {
        SchedulerHost target = host;
        if (target != null) {
            config.adapters()
                    .folder()
                    .ifPresent(folder -> gateway.offerAdapters(new AdapterAdmin(target, target, folder)));
        }
    }

    /** What is served from the registry: last, since it takes the memory that others leave. */
    private void mount(AppConfig config, Gateway gateway, EngineSet engines, RegistryPart part) {
        Optional<ReplicaSettings> elsewhere = config.offered().replica();
        if (elsewhere.isPresent()) {
            replica = keep(ReplicaPart.start(
                    config,
                    elsewhere.get(),
                    registryTls,
                    variants -> mounts(
                            config,
                            gateway,
                            engines,
                            variants,
                            new Mounting(variants::mounts, config.offered().floor()))));
        } else if (!config.offered().mounts().isEmpty()) {
            RegistryVariants variants = new RegistryVariants(part.registry());
            keep(AliasWatch.start(variants, mounts(config, gateway, engines, variants, Mounting.of(config.offered()))));
        }
    }

    private RegistryMounts mounts(
            AppConfig config, Gateway gateway, EngineSet engines, VariantCatalogue catalogue, Mounting mounting) {
        return new RegistryMounts(
                mounting,
                catalogue,
                variantEngine(config, engines, catalogue),
                new VariantText(catalogue, new TextFiles(ModelLocation.ofProcess()), engines),
                gateway.catalog(),
                config.prediction(),
                System::nanoTime);
    }

    private VariantEngine variantEngine(AppConfig config, EngineSet engines, VariantCatalogue catalogue) {
        SchedulerHost target = host;
        if (target == null) {
            return new PodVariants(engines, catalogue);
        }
        Consumer<ModelInfo> whenLoaded = config.isPod() ? loaded -> FirstStep.run(target, loaded) : loaded -> {};
        return new HostVariants(
                target, config.engine(), ModelLocation.ofProcess(), catalogue, config.drainTimeout(), whenLoaded);
    }

    private void listen(AppConfig config, Gateway gateway, int httpPort) {
        SchedulerHost engine = host;
        boolean edge = config.role().hasEdge();
        if (edge) {
            grpc = keep(GrpcServer.start(
                    GrpcConfig.of(config.ports().host(), config.ports().grpc()).taking(config.tensors()), gateway));
        }
        if (engine != null && config.isPod()) {
            pod = keep(PodServer.start(podConfig(config).answeringHttpOn(edge ? httpPort : 0), engine, podTls));
        }
        if (engine != null && config.isPod()) {
            gateway.judgeReadinessBy(edge ? gateway::ofCatalog : () -> podReadiness(engine));
        }
        if (config.pool().pickerPort().isPresent()) {
            int port = config.pool().pickerPort().getAsInt();
            picker = keep(PickerServer.start(new PickerConfig(config.ports().host(), port), gateway));
        }
    }

    /** HTTP listens already, and an engine calls a model ready once it is loaded, which is before its first step. */
    private void beginUnready(AppConfig config, Gateway gateway) {
        if (config.isPod()) {
            gateway.judgeReadinessBy(
                    () -> new Gateway.Readiness(false, "models are being loaded and run for the first time"));
        }
    }

    /** Gateways can connect, and a model is there for them: one that waits for its first request, too, or it would never get one. */
    private Gateway.Readiness podReadiness(SchedulerHost engine) {
        ReplicaPart follower = replica;
        if (follower != null && !follower.hasCaughtUp()) {
            return new Gateway.Readiness(false, "what the registry assigns is not loaded yet");
        }
        long able = engine.models().stream()
                .filter(model -> model.state() == ModelState.READY || model.state() == ModelState.AVAILABLE)
                .count();
        return new Gateway.Readiness(able > 0, able > 0 ? able + " model(s) for gateways" : "no model is ready");
    }

    OptionalInt grpcPort() {
        GrpcServer server = grpc;
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.port());
    }

    OptionalInt podPort() {
        PodServer server = pod;
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.port());
    }

    OptionalInt pickerPort() {
        PickerServer server = picker;
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.port());
    }

    /** New requests are refused with DRAINING while the running ones finish. HTTP still listens. */
    void drain(Gateway gateway, Duration grace) {
        BatchPart worker = topics;
        if (worker != null) {
            worker.beginEnd();
        }
        BatchFolderPart batches = folder;
        if (batches != null) {
            batches.endRunning();
        }
        gateway.refuseMore();
        GrpcServer server = grpc;
        if (server != null) {
            server.announceEnd();
        }
        SchedulerHost engine = host;
        if (engine != null) {
            engine.drain(grace);
        }
        Duration left = engine == null ? grace : LAST_BYTES;
        endEdge(gateway, left);
        if (server != null) {
            server.stop(left);
        }
        PodServer internal = pod;
        if (internal != null) {
            internal.stop(left);
        }
        PickerServer picking = picker;
        if (picking != null) {
            picking.stop(left);
        }
        if (worker != null) {
            worker.close();
        }
        letPodsGo(); // HTTP's threads, which move their connections, end next.
    }

    /**
     * A gateway whose grace is over lets go of its pods first, so that every stream still gets its error before HTTP closes. Requests whose bodies
     * are still arriving get a moment to be refused.
     */
    private void endEdge(Gateway gateway, Duration grace) {
        try {
            if (!gateway.drain(grace)) {
                letPodsGo();
                gateway.drain(LAST_BYTES);
            }
            gateway.admission().arrivals().awaitAnswered(LAST_BYTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void letPodsGo() {
        PodFleet pods = fleet;
        if (pods != null) {
            pods.close();
        }
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.add(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable part : open.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                System.getLogger(ServerParts.class.getName())
                        .log(System.Logger.Level.WARNING, "a part did not close", e);
            }
        }
        open.clear();
    }
}
