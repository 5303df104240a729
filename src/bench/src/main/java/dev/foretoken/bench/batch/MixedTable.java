package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.LatencySummary;
import dev.foretoken.bench.stats.Spread;

/** The report for people. */
final class MixedTable {
    private MixedTable() {}

    static String render(MixedReport report) {
        MixedReport.Load load = report.load();
        return "%s: %s callers/s of at most %s, %d + %d tokens; batches of %d + %d, at most %d at a time; %d rounds of %d s each; %s\n\n%s\n%s\n%s"
                .formatted(
                        load.model(),
                        Format.significant(load.callersPerSecond()),
                        Format.significant(load.capacityPerSecond()),
                        load.callers().prompt(),
                        load.callers().generate(),
                        load.batch().prompt(),
                        load.batch().generate(),
                        load.inFlight(),
                        report.shareOfRest().runs(),
                        load.seconds(),
                        report.provenance().machine().sentence(),
                        latencies(report),
                        speeds(report),
                        sentence(report));
    }

    private static String latencies(MixedReport report) {
        Table table = new Table("callers", "count", "p50", "p90", "p99", "max");
        row(table, "TTFT alone", report.without().ttftSeconds());
        row(table, "TTFT beside batches", report.with().ttftSeconds());
        row(table, "ITL alone", report.without().itlSeconds());
        row(table, "ITL beside batches", report.with().itlSeconds());
        return table.render();
    }

    private static void row(Table table, String name, LatencySummary of) {
        table.row(
                name,
                Format.count(of.count()),
                Format.seconds(of.p50()),
                Format.seconds(of.p90()),
                Format.seconds(of.p99()),
                Format.seconds(of.max()));
    }

    private static String speeds(MixedReport report) {
        Table table = new Table("batches' tokens/s", "median", "lowest", "highest");
        speed(table, "alone", report.batchAloneTokensPerSecond());
        speed(table, "beside callers", report.batchTokensPerSecond());
        return table.render();
    }

    private static void speed(Table table, String name, Spread of) {
        table.row(name, Format.significant(of.median()), Format.significant(of.min()), Format.significant(of.max()));
    }

    private static String sentence(MixedReport report) {
        MixedReport.Ratios ratios = report.ratios();
        Spread share = report.shareOfRest();
        return "p99 with batches over without: TTFT %s (rounds %s to %s), ITL %s (%s to %s); batches get %s of what callers leave (%s to %s)\n"
                .formatted(
                        Format.significant(ratios.ttft()),
                        Format.significant(ratios.ttftRounds().min()),
                        Format.significant(ratios.ttftRounds().max()),
                        Format.significant(ratios.itl()),
                        Format.significant(ratios.itlRounds().min()),
                        Format.significant(ratios.itlRounds().max()),
                        Format.percent(share.median()),
                        Format.percent(share.min()),
                        Format.percent(share.max()));
    }
}
