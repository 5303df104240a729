package dev.foretoken.bench.eval;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The quality of a model for people. */
final class EvalTables {
    private EvalTables() {}

    static String render(EvalReport report) {
        StringBuilder text = new StringBuilder();
        text.append("%s, model %s\n\n".formatted(report.url(), report.model()));
        text.append(matches(report)).append('\n').append(losses(report));
        if (report.failed() > 0) {
            text.append("\n%d requests FAILED and are not counted above:\n".formatted(report.failed()));
            report.errors().forEach(error -> text.append("  ").append(error).append('\n'));
        }
        return text.toString();
    }

    private static String matches(EvalReport report) {
        Table table = new Table("exact match", "questions", "all [95 %]", "1 hop [95 %]", "2 hops [95 %]");
        report.byLength().forEach((bucket, match) -> row(table, "passage " + bucket + " tokens", match));
        report.byKind().forEach((kind, match) -> row(table, kind, match));
        row(table, "all", report.exactMatch());
        return table.render();
    }

    private static void row(Table table, String name, MatchReport group) {
        table.row(
                name,
                Format.count(group.all().questions()),
                share(group.all()),
                share(group.byHops().get(1)),
                share(group.byHops().get(2)));
    }

    private static String share(MatchReport.@Nullable Match match) {
        if (match == null || match.questions() == 0) {
            return "-";
        }
        return String.format(
                Locale.ROOT, "%.1f %% [%.1f, %.1f]", 100 * match.share(), 100 * match.low(), 100 * match.high());
    }

    private static String losses(EvalReport report) {
        Table table = new Table("held-out loss", "texts", "tokens", "nats/token", "entropy", "excess");
        report.lossByKind().forEach((kind, loss) -> row(table, kind, loss));
        row(table, "all", report.loss());
        return table.render();
    }

    private static void row(Table table, String name, LossReport loss) {
        table.row(
                name,
                Format.count(loss.texts()),
                Format.count(loss.tokens()),
                digits(loss.natsPerToken()),
                digits(loss.entropyPerToken()),
                digits(loss.natsPerToken() - loss.entropyPerToken()));
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
