package dev.foretoken.bench.prediction;

import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What prediction costs and saves, for people. */
final class PredictionTables {
    private PredictionTables() {}

    static String render(PredictionReport report) {
        return "%s questions; retention is exact match over the exact base's with the same preamble\n%s\n\n%s\n%s\n%s"
                .formatted(
                        Format.count(report.questions()),
                        report.provenance().machine().sentence(),
                        ways(report),
                        repairing(report),
                        unused(report));
    }

    private static String ways(PredictionReport report) {
        Table table = new Table(
                "way",
                "preamble",
                "exact match [95 %]",
                "retention (low)",
                "of the gap",
                "repaired in time",
                "TTFT, %d tokens".formatted(report.promptTokens()));
        for (PredictionReport.Row row : report.ways()) {
            PredictionReport.Match match = row.exactMatch();
            table.row(
                    row.name(),
                    row.preamble(),
                    "%s [%s, %s]"
                            .formatted(
                                    percent(match.share()),
                                    significant(100 * match.low()),
                                    significant(100 * match.high())),
                    "%s (%s)".formatted(percent(row.retention()), percent(row.retentionLow())),
                    orDash(row.gapRecovered()),
                    row.inTime() == null ? "-" : percent(row.inTime().share()),
                    row.ttftSeconds() == null ? "-" : withRange(row.ttftSeconds()));
        }
        return table.render();
    }

    private static String repairing(PredictionReport report) {
        Table table = new Table(
                "repair_by",
                "model",
                "prompt",
                "repaired",
                "after tokens",
                "TPOT exact",
                "predicted",
                "while repairing",
                "ratio",
                "longest gap",
                "ratio");
        for (PredictionReport.Repairing one : report.repairing()) {
            table.row(
                    one.repairBy(),
                    one.model(),
                    Format.count(one.promptTokens()),
                    one.repaired() + " of " + one.runs(),
                    significant(one.repairedAt().median()),
                    seconds(one.exactTpotSeconds().median()),
                    seconds(one.predictedTpotSeconds().median()),
                    seconds(one.repairingTpotSeconds().median()),
                    fixed(one.tpotRatio()),
                    seconds(one.longestGapSeconds().median()),
                    fixed(one.longestGapRatio()));
        }
        return table.render();
    }

    private static String unused(PredictionReport report) {
        Table table = new Table(
                "loaded, unused", "TTFT of the base", "loaded", "ratio", "TPOT of the base", "loaded", "ratio");
        for (PredictionReport.Unused one : report.unused()) {
            table.row(
                    one.model(),
                    withRange(one.baseTtftSeconds()),
                    withRange(one.loadedTtftSeconds()),
                    fixed(one.ttftRatio()),
                    withRange(one.baseTpotSeconds()),
                    withRange(one.loadedTpotSeconds()),
                    fixed(one.tpotRatio()));
        }
        return table.render();
    }

    private static String orDash(@Nullable Double share) {
        return share == null ? "-" : percent(share);
    }

    private static String withRange(Spread spread) {
        return seconds(spread.median()) + " +-" + significant(100 * spread.relative()) + " %";
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
