package dev.foretoken.app.measure;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.engine.VariantSettings;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.job.VariantProbe;
import dev.foretoken.registry.measure.DeviceClass;
import dev.foretoken.registry.measure.EvalSet;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.VariantRef;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Measures variants of a registry against the imported variant of their version. One thread. */
public final class EngineProbe implements VariantProbe {

    private final Registry registry;
    private final EvalSet items;
    private final EngineSettings settings;
    private final SubjectProbe probe;
    private final InstantSource clock;

    /**
     * @param items what is asked
     * @param settings how variants are opened; what a variant says of itself comes before
     * @param quiet whether this process computes nothing else meanwhile, so that its speeds mean something
     */
    public EngineProbe(Registry registry, EvalSet items, EngineSettings settings, boolean quiet, InstantSource clock) {
        this.registry = registry;
        this.items = items;
        this.settings = settings;
        this.probe = new SubjectProbe(items, settings, quiet);
        this.clock = clock;
    }

    @Override
    public Optional<Measurement> measure(VariantRef variant, BuildWatch watch) {
        VariantRef base = VariantRef.base(variant.model(), variant.version());
        Subject subject = subject(variant, watch);
        try {
            SubjectProbe.Numbers numbers =
                    probe.measure(subject, variant.isBase() ? subject : subject(base, watch), watch::progress);
            return Optional.of(new Measurement(
                    clock.instant(),
                    DeviceClass.ofThisMachine(numbers.threads()),
                    ProductVersion.text(),
                    items.identity(),
                    base.toString(),
                    numbers.quality(),
                    numbers.footprint(subject),
                    numbers.speed()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "measuring was interrupted", e);
        }
    }

    private Subject subject(VariantRef ref, BuildWatch watch) {
        if (watch.cancelled()) {
            throw new ForetokenException(ErrorCode.CANCELLED, "cancelled before " + ref + " was measured");
        }
        VariantDetail variant = registry.variant(ref);
        Map<String, String> own = variant.config().settings();
        return new Subject(
                ref.toString(),
                registry.open(ref, watch::progress),
                VariantSettings.apply(own, settings.runtime()),
                MeasuredPrefill.of(own),
                variant.bytes());
    }
}
