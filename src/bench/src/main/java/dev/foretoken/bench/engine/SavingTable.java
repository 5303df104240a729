package dev.foretoken.bench.engine;

import static dev.foretoken.bench.report.Format.count;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.RecipeReport;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a recipe saves, for people. */
final class SavingTable {
    private static final double MEGA = 1e6;

    private SavingTable() {}

    static String render(SavingReport report) {
        RecipeReport.Cost base = report.stored().base();
        RecipeReport.Cost variant = report.stored().variant();
        Table table = new Table("", "base", "recipe", "ratio");
        bytes(table, "weights as stored, MB", base.weightBytes(), variant.weightBytes());
        bytes(
                table,
                "weights in memory, MB",
                report.baseHeldAs().weightBytes(),
                report.variantHeldAs().weightBytes());
        table.row(
                "K and V per token, bytes",
                count(base.kvBytesPerToken()),
                count(variant.kvBytesPerToken()),
                ratio(base.kvBytesPerToken(), variant.kvBytesPerToken()));
        if (base.stateBytes() > 0) {
            bytes(table, "state of a sequence, MB", base.stateBytes(), variant.stateBytes());
        }
        speed(
                table,
                "prefill tokens/s",
                report.base().prefillTokensPerSecond(),
                report.variant().prefillTokensPerSecond());
        speed(
                table,
                "decode tokens/s",
                report.base().decodeTokensPerSecond(),
                report.variant().decodeTokensPerSecond());
        return heading(report) + table.render();
    }

    private static String heading(SavingReport report) {
        Spread memory = report.memoryGigabytesPerSecond();
        return "%s over %s: %s\nbatch %d, prompt %d, generate %d, median of %d runs, weights %s, memory %s..%s GB/s\n%s\n\n"
                .formatted(
                        report.recipe(),
                        report.baseModel(),
                        report.stored().steps().stream()
                                .map(RecipeReport.Step::operation)
                                .collect(Collectors.joining(", ")),
                        report.batch(),
                        report.prompt(),
                        report.generate(),
                        report.base().decodeTokensPerSecond().runs(),
                        report.variantHeldAs().weights(),
                        significant(memory.min()),
                        significant(memory.max()),
                        report.provenance().machine().sentence());
    }

    private static void bytes(Table table, String what, long base, long variant) {
        table.row(what, significant(base / MEGA), significant(variant / MEGA), ratio(base, variant));
    }

    private static void speed(Table table, String what, Spread base, Spread variant) {
        table.row(
                what,
                EngineTables.withSpread(base),
                EngineTables.withSpread(variant),
                ratio(base.median(), variant.median()));
    }

    private static String ratio(double base, double variant) {
        return base == 0 ? "" : String.format(Locale.ROOT, "%.3f", variant / base);
    }
}
