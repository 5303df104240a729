package dev.foretoken.bench.engine;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.significant;

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

    private static String withSpread(Spread spread) {
        return significant(spread.median()) + " +-" + percent(spread.relative());
    }
}
