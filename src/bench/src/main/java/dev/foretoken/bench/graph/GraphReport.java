package dev.foretoken.bench.graph;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.LatencySummary;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/** The result of {@code bench graph}; its JSON form is the file format {@code foretoken.bench.graph/1}. The first loop is the bare one. */
record GraphReport(String schema, Provenance provenance, String graph, int threads, List<Measured> loops) {
    static final String SCHEMA = "foretoken.bench.graph/1";

    /**
     * @param runsPerSecond over the rounds
     * @param ofBare runs per second over those of the bare loop, round by round
     */
    record Measured(String name, Spread runsPerSecond, Spread ofBare, LatencySummary latency) {}

    Table table() {
        double bare = loops.getFirst().latency().p50();
        Table table = new Table("loop", "runs/s (median)", "spread", "of bare", "p50", "p99", "p50 - bare");
        for (Measured loop : loops) {
            table.row(
                    loop.name(),
                    significant(loop.runsPerSecond().median()),
                    "+-" + percent(loop.runsPerSecond().relative()),
                    percent(loop.ofBare().median()),
                    seconds(loop.latency().p50()),
                    seconds(loop.latency().p99()),
                    seconds(loop.latency().p50() - bare));
        }
        return table;
    }
}
