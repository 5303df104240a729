package dev.foretoken.app.mount;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.config.ModelLocation;
import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.engine.VariantSettings;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Variants in this process's own engine. */
public final class HostVariants implements VariantEngine {

    private final SchedulerHost host;
    private final EngineSettings settings;
    private final ModelLocation locations;
    private final VariantCatalogue catalogue;
    private final Duration grace;
    private final Consumer<ModelInfo> whenLoaded;

    /**
     * @param grace how long requests of a variant that nothing reaches any more may go on
     * @param whenLoaded what a variant that is loaded before it is asked for must pass
     */
    public HostVariants(
            SchedulerHost host,
            EngineSettings settings,
            ModelLocation locations,
            VariantCatalogue catalogue,
            Duration grace,
            Consumer<ModelInfo> whenLoaded) {
        this.host = host;
        this.settings = settings;
        this.locations = locations;
        this.catalogue = catalogue;
        this.grace = grace;
        this.whenLoaded = whenLoaded;
    }

    @Override
    public void offer(VariantDetail variant) {
        if (info(variant.ref()).isEmpty()) {
            host.offer(source(variant), options(variant), progress -> catalogue.check(variant.ref(), progress));
        }
    }

    /** Answers to equal requests are equal where digests are. */
    private ModelSource source(VariantDetail variant) {
        return new ModelSource(
                variant.ref().toString(),
                catalogue.folder(variant.ref()).toUri(),
                variant.manifest().toString());
    }

    private RuntimeOptions options(VariantDetail variant) {
        ModelMount mount = new ModelMount(variant.ref().toString(), "registry");
        return VariantSettings.apply(variant.config().settings(), settings.runtime(mount, locations));
    }

    @Override
    public Optional<String> obstacle(VariantDetail variant) {
        try {
            offer(variant);
            return Optional.empty();
        } catch (ForetokenException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean isReady(VariantRef variant) {
        return info(variant).filter(info -> info.state() == ModelState.READY).isPresent();
    }

    private Optional<ModelInfo> info(VariantRef variant) {
        return host.models().stream()
                .filter(info -> info.name().equals(variant.toString()))
                .findFirst();
    }

    @Override
    public void warm(VariantRef variant, Set<VariantRef> beside) {
        host.warm(
                variant.toString(), beside.stream().map(VariantRef::toString).collect(Collectors.toUnmodifiableSet()));
        info(variant).ifPresent(whenLoaded);
    }

    @Override
    public void keep(VariantRef variant, boolean kept) {
        host.keep(variant.toString(), kept);
    }

    @Override
    public void release(VariantRef variant) {
        if (info(variant).isPresent()) {
            host.release(variant.toString());
        }
    }

    @Override
    public void withdraw(VariantRef variant) {
        if (info(variant).isPresent()) {
            host.unload(variant.toString(), grace);
        }
        catalogue.drop(variant);
    }
}
