package dev.foretoken.bench.prediction;

import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.Spread;
import java.util.Locale;
import java.util.stream.Collectors;

/** Times to first token for people. */
final class PrefillTables {
    private PrefillTables() {}

    static String render(PrefillReport report) {
        Table table = new Table(
                "prompt tokens",
                "exact",
                "predicted",
                "auxiliary alone",
                "of exact",
                "speed-up",
                "arithmetic",
                "speed-up / arithmetic");
        for (PrefillReport.Reading reading : report.readings()) {
            table.row(
                    Format.count(reading.promptTokens()),
                    withRange(reading.exactSeconds()),
                    withRange(reading.predictedSeconds()),
                    withRange(reading.auxiliaryAloneSeconds()),
                    fixed(1 / reading.speedUp()),
                    fixed(reading.speedUp()),
                    fixed(reading.arithmetic()),
                    fixed(reading.shareOfArithmetic()));
        }
        return "%s: %s, auxiliary %s; %s (%s)\nweights %s, cache %s, time to first token, median of %d rounds\n%s\n\n%s\n%s\n"
                        .formatted(
                                report.model(),
                                report.kind(),
                                report.auxiliary(),
                                report.runtime(),
                                report.numericsId(),
                                report.heldAs().weights(),
                                report.heldAs().kvCache(),
                                report.readings().getFirst().exactSeconds().runs(),
                                report.provenance().machine().sentence(),
                                table.render(),
                                parts(report))
                + threshold(report)
                + leftOut(report);
    }

    private static String parts(PrefillReport report) {
        Table table = new Table("prompt tokens", "base, all", "auxiliary", "maps", "base, last token");
        for (PrefillReport.Reading reading : report.readings()) {
            table.row(
                    Format.count(reading.promptTokens()),
                    seconds(reading.parts().base()),
                    seconds(reading.parts().auxiliary()),
                    seconds(reading.parts().maps()),
                    seconds(reading.parts().last()));
        }
        return table.render();
    }

    private static String threshold(PrefillReport report) {
        return report.threshold() == null
                ? "prediction is faster at none of these lengths\n"
                : "prediction is faster from %s tokens on\n".formatted(Format.count(report.threshold()));
    }

    private static String leftOut(PrefillReport report) {
        return report.leftOut().isEmpty()
                ? ""
                : "left out, longer than the model takes: %s tokens\n"
                        .formatted(report.leftOut().stream().map(Format::count).collect(Collectors.joining(", ")));
    }

    private static String withRange(Spread spread) {
        return seconds(spread.median()) + " +-" + significant(100 * spread.relative()) + " %";
    }

    private static String fixed(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
