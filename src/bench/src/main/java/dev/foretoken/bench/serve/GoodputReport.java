package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.PrefillAsk;
import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.LatencySummary;
import dev.foretoken.bench.stats.Spread;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Goodput of prefill modes at several loads; its JSON form is the file format {@code foretoken.bench.goodput/1}.
 *
 * @param sloSeconds what a good answer keeps to
 * @param prefill what all requests say, apart from the mode
 */
record GoodputReport(
        String schema,
        Provenance provenance,
        String url,
        String model,
        int clients,
        String input,
        String output,
        Map<String, Double> sloSeconds,
        PrefillAsk prefill,
        List<Load> loads) {
    static final String SCHEMA = "foretoken.bench.goodput/1";

    /**
     * One load in every mode.
     *
     * @param thinkSeconds mean time between an answer's end and a client's next request
     * @param mostPerSecond requests that the clients would send if answers took no time
     */
    record Load(double thinkSeconds, double mostPerSecond, List<Mode> modes) {}

    /**
     * Runs of one mode at one load.
     *
     * @param overFirst median goodput over that of the first mode; 0 where that had none
     * @param cachedShare of all prompt tokens, those found in the prefix cache: of prompts without a shared prefix none should be
     * @param predictedShare of all prompt tokens, those whose K and V were predicted
     * @param ttftSeconds of the last run
     */
    record Mode(
            String prefillMode,
            Spread goodputPerSecond,
            Spread requestsPerSecond,
            double overFirst,
            double cachedShare,
            double predictedShare,
            int failed,
            LatencySummary ttftSeconds) {}

    LineChart chart() {
        List<String> modes =
                loads.getFirst().modes().stream().map(Mode::prefillMode).toList();
        return new LineChart(
                "Goodput of %d clients; good is %s".formatted(clients, bounds()),
                "requests per 100 s that the clients would send if answers took no time",
                "good answers per second: median and range",
                modes.stream().map(this::line).toList());
    }

    private LineChart.Line line(String mode) {
        return new LineChart.Line(
                mode,
                loads.stream()
                        .sorted(Comparator.comparingDouble(Load::mostPerSecond))
                        .flatMap(load -> load.modes().stream()
                                .filter(one -> one.prefillMode().equals(mode))
                                .map(one -> point(load, one.goodputPerSecond())))
                        .toList());
    }

    private static LineChart.Point point(Load load, Spread goodput) {
        return new LineChart.Point(100 * load.mostPerSecond(), goodput.median(), goodput.min(), goodput.max());
    }

    private String bounds() {
        return sloSeconds.entrySet().stream()
                .map(bound -> "%s within %s".formatted(bound.getKey(), Format.seconds(bound.getValue())))
                .collect(Collectors.joining(", "));
    }
}
