package dev.foretoken.bench.quality;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import java.util.Locale;

/** Quality per encoding for people. */
final class QualityTable {
    private QualityTable() {}

    static String render(QualityReport report) {
        Table table = new Table(
                "variant",
                "MB of weights",
                "cache",
                "perplexity",
                "exact match [95 %]",
                "same top token",
                "KL, nats/token");
        for (QualityReport.Row row : report.variants()) {
            QualityReport.Match match = row.exactMatch();
            table.row(
                    row.name(),
                    fixed("%.2f", row.heldAs().weightBytes() / 1e6),
                    row.heldAs().kvCache(),
                    fixed("%.4f", row.perplexity()),
                    fixed("%.1f %%", 100 * match.share())
                            + fixed(" [%.1f, ", 100 * match.low())
                            + fixed("%.1f]", 100 * match.high()),
                    fixed("%.2f %%", 100 * row.top1Agreement()),
                    fixed("%.6f", row.klDivergence()));
        }
        return "%s: %s questions, %s texts of %s tokens; agreement and divergence from the first row\n\n%s"
                .formatted(
                        report.model(),
                        Format.count(report.questions()),
                        Format.count(report.texts()),
                        Format.count(report.textTokens()),
                        table.render());
    }

    private static String fixed(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
