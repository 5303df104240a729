package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;

/** The report for people. */
final class EngineShareTable {
    private EngineShareTable() {}

    static String render(EngineShareReport report) {
        EngineShareReport.Load load = report.load();
        Table table = new Table("tokens/s", "median", "lowest", "highest");
        row(table, "engine", report.engineTokensPerSecond());
        row(table, "topic", report.topicTokensPerSecond());
        return "%s: %d at a time, prompts of %d tokens, answers of %d, %d rounds of %d requests; %s\n\n%s\nbatches get %s of the engine (%s to %s)\n"
                .formatted(
                        load.model(),
                        load.concurrency(),
                        load.prompt(),
                        load.generate(),
                        report.share().runs(),
                        load.waves() * load.concurrency(),
                        report.provenance().machine().sentence(),
                        table.render(),
                        Format.percent(report.share().median()),
                        Format.percent(report.share().min()),
                        Format.percent(report.share().max()));
    }

    private static void row(Table table, String name, Spread of) {
        table.row(name, Format.significant(of.median()), Format.significant(of.min()), Format.significant(of.max()));
    }
}
