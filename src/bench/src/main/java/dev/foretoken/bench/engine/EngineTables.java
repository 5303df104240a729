package dev.foretoken.bench.engine;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;

/** The speed of the engine for people. */
final class EngineTables {
    private EngineTables() {}

    static String render(EngineReport report) {
        Table table = new Table(
                "batch", "prefill tokens/s", "decode tokens/s", "decode per sequence", "memory GB/s (least..most)");
        for (EngineReport.Batch batch : report.batches()) {
            Spread decode = batch.decodeTokensPerSecond();
            Spread memory = batch.memoryGigabytesPerSecond();
            table.row(
                    Integer.toString(batch.batch()),
                    withSpread(batch.prefillTokensPerSecond()),
                    withSpread(decode),
                    significant(decode.median() / batch.batch()),
                    significant(memory.min()) + ".." + significant(memory.max()));
        }
        return "%s on %s (%s), prompt %d, generate %d, median of %d runs\nweights %s, cache %s\n%s\n\n%s"
                .formatted(
                        report.model(),
                        report.runtime(),
                        report.numericsId(),
                        report.prompt(),
                        report.generate(),
                        report.batches().getFirst().decodeTokensPerSecond().runs(),
                        report.heldAs().weights(),
                        report.heldAs().kvCache(),
                        report.provenance().machine().sentence(),
                        table.render());
    }

    static String render(ContextReport report) {
        StringBuilder out = new StringBuilder();
        for (ContextReport.Model model : report.models()) {
            Table table = new Table("context", "ms per token", "prefill tokens/s", "memory GB/s (least..most)");
            for (ContextReport.Reading reading : model.readings()) {
                Spread memory = reading.memoryGigabytesPerSecond();
                table.row(
                        Format.count(reading.context()),
                        withSpread(reading.millisecondsPerToken()),
                        withSpread(reading.prefillTokensPerSecond()),
                        significant(memory.min()) + ".." + significant(memory.max()));
            }
            out.append("%s on %s (%s), generate %d, one sequence, median of %d rounds\nweights %s, cache %s\n%s\n\n%s"
                    .formatted(
                            model.model(),
                            model.runtime(),
                            model.numericsId(),
                            report.generate(),
                            model.readings().getFirst().millisecondsPerToken().runs(),
                            model.heldAs().weights(),
                            model.heldAs().kvCache(),
                            report.provenance().machine().sentence(),
                            table.render()));
            out.append("longest over shortest: %s\n\n".formatted(significant(model.longestOverShortest())));
        }
        return out.toString();
    }

    static String render(AdaptersReport report) {
        Table table = new Table("sequences", "prefill tokens/s", "decode tokens/s");
        table.row(
                "without adapters",
                withSpread(report.base().prefillTokensPerSecond()),
                withSpread(report.base().decodeTokensPerSecond()));
        table.row(
                "with %d of rank %d".formatted(report.adapters(), report.rank()),
                withSpread(report.adapted().prefillTokensPerSecond()),
                withSpread(report.adapted().decodeTokensPerSecond()));
        table.row("share", percent(report.prefillShare()), percent(report.decodeShare()));
        Spread memory = report.memoryGigabytesPerSecond();
        return "%s (%s), batch %d, prompt %d, generate %d, median of %d runs\nweights %s, cache %s, memory %s..%s GB/s\n%s\n\n%s"
                .formatted(
                        report.model(),
                        report.numericsId(),
                        report.batch(),
                        report.prompt(),
                        report.generate(),
                        report.base().decodeTokensPerSecond().runs(),
                        report.heldAs().weights(),
                        report.heldAs().kvCache(),
                        significant(memory.min()),
                        significant(memory.max()),
                        report.provenance().machine().sentence(),
                        table.render());
    }

    static String withSpread(Spread spread) {
        return significant(spread.median()) + " +-" + percent(spread.relative());
    }
}
