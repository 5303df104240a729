package dev.foretoken.bench.quality;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.bench.report.ProgressBar;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.registry.measure.AskedModel;
import dev.foretoken.registry.measure.EvalSet;
import dev.foretoken.registry.measure.Measurement.Quality;
import dev.foretoken.registry.measure.QualityProbe;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** Measures variants one after the other; the first one becomes the reference. */
final class QualityRun {

    private final QualityProbe probe;
    private final ProgressBar bar;
    private final int variants;
    private int measured;
    private QualityProbe.@Nullable Said reference;

    QualityRun(EvalSet items, TextTokens tokens, ProgressBar bar, int variants) {
        this.probe = new QualityProbe(items, tokens);
        this.bar = bar;
        this.variants = variants;
    }

    QualityReport.Row measure(Variant variant, int threads) throws InterruptedException {
        try (LocalEngine engine = LocalEngine.open(variant.source(), variant.options(), DeviceSpec.cpu(threads))) {
            Quality quality = quality(new AskedModel(engine.engine(), engine.model()), progress(variant));
            measured++;
            return new QualityReport.Row(
                    variant.name(),
                    engine.model().heldAs(),
                    Math.log(quality.perplexity()),
                    quality.perplexity(),
                    QualityReport.Match.of(quality.answers()),
                    quality.topAgreement(),
                    quality.klDivergence());
        }
    }

    private Quality quality(AskedModel model, IntConsumer progress) throws InterruptedException {
        QualityProbe.Said compared = reference;
        if (compared == null) {
            compared = probe.reference(model, progress);
            reference = compared;
            return QualityProbe.compare(compared, compared);
        }
        return probe.measure(model, compared, progress);
    }

    private IntConsumer progress(Variant variant) {
        return done -> bar.update(measured * probe.size() + done, variants * probe.size(), variant.name());
    }

    /** Scored tokens of all texts. */
    long textTokens() {
        return reference == null ? 0 : reference.tokens();
    }
}
