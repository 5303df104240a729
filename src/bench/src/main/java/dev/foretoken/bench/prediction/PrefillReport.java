package dev.foretoken.bench.prediction;

import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Times to first token, exact and predicted; its JSON form is the file format {@code foretoken.bench.prefill/1}.
 *
 * @param model as given on the command line
 * @param kind of auxiliary
 * @param threshold shortest measured prompt from which on prediction is faster at every measured length; null: at none
 * @param leftOut lengths that were asked for and that the model does not take
 */
record PrefillReport(
        String schema,
        Provenance provenance,
        String model,
        String kind,
        String auxiliary,
        String runtime,
        String numericsId,
        HeldAs heldAs,
        @Nullable Integer threshold,
        List<Reading> readings,
        List<Integer> leftOut) {
    static final String SCHEMA = "foretoken.bench.prefill/1";

    /**
     * Prompts of one length, one at a time.
     *
     * @param exactSeconds time to first token, through the engine
     * @param auxiliaryAloneSeconds of the auxiliary as a model by itself
     * @param parts medians, of the runtime without the engine
     * @param speedUp median exact over median predicted
     * @param arithmetic the ratio that the parts alone give
     * @param shareOfArithmetic {@code speedUp / arithmetic}
     */
    record Reading(
            int promptTokens,
            Spread exactSeconds,
            Spread predictedSeconds,
            Spread auxiliaryAloneSeconds,
            PartTimer.Parts parts,
            double speedUp,
            double arithmetic,
            double shareOfArithmetic) {

        static Reading of(int tokens, Spread exact, Spread predicted, Spread alone, PartTimer.Parts parts) {
            double speedUp = exact.median() / predicted.median();
            double arithmetic = parts.base() / parts.predicted();
            return new Reading(tokens, exact, predicted, alone, parts, speedUp, arithmetic, speedUp / arithmetic);
        }
    }

    static @Nullable Integer threshold(List<Reading> readings) {
        Integer found = null;
        for (Reading reading : readings.reversed()) {
            if (reading.speedUp() <= 1) {
                return found;
            }
            found = reading.promptTokens();
        }
        return found;
    }

    LineChart chart() {
        return new LineChart(
                "Time to first token, one prompt at a time, %s, %d cores"
                        .formatted(
                                provenance.machine().cpu(), provenance.machine().cores()),
                "tokens of the prompt",
                "milliseconds: median and range",
                List.of(
                        line("exact", Reading::exactSeconds),
                        line("predicted (" + kind + ", " + auxiliary + ")", Reading::predictedSeconds),
                        line("the auxiliary alone", Reading::auxiliaryAloneSeconds)));
    }

    private LineChart.Line line(String name, Function<Reading, Spread> seconds) {
        return new LineChart.Line(
                name,
                readings.stream()
                        .map(reading -> point(reading.promptTokens(), seconds.apply(reading)))
                        .toList());
    }

    private static LineChart.Point point(int tokens, Spread seconds) {
        return new LineChart.Point(tokens, 1e3 * seconds.median(), 1e3 * seconds.min(), 1e3 * seconds.max());
    }
}
