package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.app.measure.EvalOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.gateway.registry.RegistryPulls;
import dev.foretoken.gateway.registry.RegistryUploads;
import dev.foretoken.gateway.registry.UploadLimits;
import dev.foretoken.gateway.registry.Uploads;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.job.JobRunner;
import dev.foretoken.registry.transfer.ModelPull;
import dev.foretoken.registry.transfer.PullQueue;
import java.nio.file.Files;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * The registry of a server. It is opened at the start where there is one already, and else when somebody first asks for it, so that who only
 * serves a folder gets no database. Builds that were queued are run here, except in a gateway. Any thread may ask.
 */
final class RegistryPart implements AutoCloseable {

    private final AppConfig config;
    private final Gateway gateway;
    private @Nullable Registry registry;
    private @Nullable RegistryDesk desk;
    private @Nullable JobRunner runner;
    private @Nullable PullQueue pulls;

    private RegistryPart(AppConfig config, Gateway gateway) {
        this.config = config;
        this.gateway = gateway;
    }

    /** @throws ForetokenException when a registry that is there cannot be opened */
    static RegistryPart open(AppConfig config, Gateway gateway) {
        RegistryPart part = new RegistryPart(config, gateway);
        if (part.isOwner() && (config.role() == Role.REGISTRY || exists(config.registry()))) {
            part.registry();
        }
        return part;
    }

    /** From now on requests find it. A gateway with a registry and no models is ready: this comes after the models. */
    void offer() {
        if (isOwner()) {
            gateway.offerRegistry(this::desk);
        }
    }

    /** Who asks another process has none of its own. */
    private boolean isOwner() {
        return config.hasRegistry() && config.offered().replica().isEmpty();
    }

    private static boolean exists(RegistryConfig registry) {
        return !registry.jdbcUrl().isEmpty() || Files.exists(registry.home().resolve("registry.db"));
    }

    /** Opened now if it was not. */
    synchronized Registry registry() {
        Registry opened = registry;
        if (opened == null) {
            opened = Registry.open(config.registry());
            registry = opened;
            PullQueue queue = pulls(opened);
            pulls = queue;
            desk = desk(opened, queue);
            if (config.role() != Role.GATEWAY && config.hasRegistry()) {
                runner = opened.jobs()
                        .start(
                                EngineHost.workshop(),
                                EvalOptions.ofEnvironment().probe(opened, config.engine(), false));
            }
        }
        return opened;
    }

    private synchronized RegistryDesk desk() {
        registry();
        RegistryDesk opened = desk;
        if (opened == null) {
            throw new IllegalStateException("the registry was opened without its desk");
        }
        return opened;
    }

    private RegistryDesk desk(Registry opened, PullQueue queue) {
        Uploads uploads = new Uploads(
                config.registry().home().resolve("uploads"),
                UploadLimits.DEFAULT,
                InstantSource.system(),
                System::nanoTime,
                gateway::newId);
        return new RegistryDesk(
                opened,
                new RegistryUploads(opened, uploads, ProductVersion.text(), InstantSource.system()),
                new RegistryPulls(queue),
                EngineHost.workshop(),
                config.role() == Role.REGISTRY);
    }

    private PullQueue pulls(Registry opened) {
        ModelPull pull = new ModelPull(
                opened,
                config.registry().home().resolve(ModelPull.FOLDER),
                () -> config.remote().sources(System.getenv()),
                ProductVersion.text(),
                InstantSource.system());
        return new PullQueue(
                pull,
                PullQueue.Limits.DEFAULT,
                InstantSource.system(),
                gateway::newId,
                Thread.ofVirtual().name("pulls").factory());
    }

    @Override
    public synchronized void close() {
        if (pulls != null) {
            pulls.close();
        }
        if (runner != null) {
            runner.close();
        }
        if (registry != null) {
            registry.close();
        }
    }
}
