package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import java.util.List;

/**
 * What a generated token costs behind contexts of several lengths; its JSON form is the file format {@code foretoken.bench.context/1}.
 *
 * @param generate tokens that were generated behind each context
 */
record ContextReport(String schema, Provenance provenance, int generate, List<Model> models) {
    static final String SCHEMA = "foretoken.bench.context/1";

    /**
     * @param model as given on the command line
     * @param longestOverShortest median cost behind the longest context over that behind the shortest
     */
    record Model(
            String model,
            String runtime,
            String numericsId,
            HeldAs heldAs,
            double longestOverShortest,
            List<Reading> readings) {}

    /**
     * Repeated runs of one sequence.
     *
     * @param context tokens of the prompt
     * @param millisecondsPerToken from the first to the last generated token, per token
     * @param memoryGigabytesPerSecond read bandwidth of all cores, probed before and after each run
     */
    record Reading(
            int context, Spread millisecondsPerToken, Spread prefillTokensPerSecond, Spread memoryGigabytesPerSecond) {}

    LineChart chart() {
        List<LineChart.Line> lines = models.stream()
                .map(model -> new LineChart.Line(
                        "%s, weights %s".formatted(model.model(), model.heldAs().weights()),
                        model.readings().stream().map(ContextReport::point).toList()))
                .toList();
        return new LineChart(
                "Cost of a generated token, one sequence, %s, %d cores"
                        .formatted(
                                provenance.machine().cpu(), provenance.machine().cores()),
                "tokens of context",
                "milliseconds per token: median and range",
                lines);
    }

    private static LineChart.Point point(Reading reading) {
        Spread cost = reading.millisecondsPerToken();
        return new LineChart.Point(reading.context(), cost.median(), cost.min(), cost.max());
    }
}
