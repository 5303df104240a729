package dev.foretoken.app.measure;

import dev.foretoken.app.config.EngineSettings;
import dev.foretoken.app.engine.EngineHost;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.registry.measure.AskedModel;
import dev.foretoken.registry.measure.EvalSet;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.QualityProbe;
import dev.foretoken.registry.measure.SpeedProbe;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Opens variants one after the other, each in an engine of its own, and asks them. What the last reference said is kept. One thread. */
final class SubjectProbe {

    private final EvalSet items;
    private final EngineSettings settings;
    private final boolean quiet;
    private @Nullable Subject lastReference;
    private QualityProbe.@Nullable Said lastSaid;

    /** @param quiet whether this process computes nothing else meanwhile */
    SubjectProbe(EvalSet items, EngineSettings settings, boolean quiet) {
        this.items = items;
        this.settings = settings;
        this.quiet = quiet;
    }

    /** What the numbers of a subject are, apart from when and by what they were measured. */
    record Numbers(
            Measurement.Quality quality, Measurement.Speed speed, ModelInfo model, CacheSpec caches, int threads) {

        Measurement.Footprint footprint(Subject subject) {
            long perToken = caches.kinds().stream()
                    .mapToLong(kind -> switch (kind) {
                        case CacheKind.PagedKv kv -> kv.keyBytesPerToken() + kv.valueBytesPerToken();
                        case CacheKind.WindowedKv kv -> kv.keyBytesPerToken() + kv.valueBytesPerToken();
                        case CacheKind.ContiguousSlot slot -> slot.slotBytes() / slot.capacityTokens();
                        case CacheKind.RecurrentState state -> 0;
                    })
                    .sum();
            return new Measurement.Footprint(
                    subject.storedBytes(), model.heldAs().weightBytes(), perToken, caches.checkpointBytes());
        }
    }

    /**
     * @param reference what distributions are compared with; may be the subject itself
     * @throws ForetokenException what opening and asking fail with
     */
    Numbers measure(Subject subject, Subject reference, LoadProgress progress) throws InterruptedException {
        try (Tokenizer tokenizer = tokenizer(subject)) {
            QualityProbe probe = new QualityProbe(items, new TokenizerCodec(tokenizer));
            QualityProbe.Said compared = said(reference, probe, progress);
            try (SchedulerHost host = EngineHost.start(settings, Telemetry.NONE)) {
                ModelInfo model = host.load(subject.source(), subject.options(), progress);
                IntConsumer asked = done -> progress.update("asking " + subject.name(), done, probe.size());
                Measurement.Quality quality = subject.equals(reference)
                        ? QualityProbe.compare(compared, compared)
                        : probe.measure(new AskedModel(host, model, subject.prefill()), compared, asked);
                progress.update("timing " + subject.name(), 0, 1);
                return new Numbers(
                        quality,
                        new SpeedProbe(host, subject.prefill(), System::nanoTime, quiet).measure(model),
                        model,
                        caches(subject),
                        settings.threads() > 0
                                ? settings.threads()
                                : Runtime.getRuntime().availableProcessors());
            }
        }
    }

    private QualityProbe.Said said(Subject reference, QualityProbe probe, LoadProgress progress)
            throws InterruptedException {
        QualityProbe.Said known = lastSaid;
        if (known != null && reference.equals(lastReference)) {
            return known;
        }
        try (SchedulerHost host = EngineHost.start(settings, Telemetry.NONE)) {
            ModelInfo model = host.load(reference.source(), reference.options(), progress);
            QualityProbe.Said said = probe.reference(
                    new AskedModel(host, model, reference.prefill()),
                    done -> progress.update("asking " + reference.name(), done, probe.size()));
            lastReference = reference;
            lastSaid = said;
            return said;
        }
    }

    private CacheSpec caches(Subject subject) {
        return EngineHost.estimate(settings, subject.source(), subject.options())
                .flatMap(RuntimeEstimate::shape)
                .map(shape -> shape.base().caches())
                .orElse(new CacheSpec(List.of(), 1, 1));
    }

    private static Tokenizer tokenizer(Subject subject) {
        return PredictionFile.checkpointOf(Path.of(subject.source().location()))
                .filter(Tokenizer::isAt)
                .map(Tokenizer::load)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        subject.name() + " has no tokenizer, so that no questions can be asked"));
    }
}
