package dev.foretoken.bench.serve;

import static dev.foretoken.bench.report.Format.count;
import static dev.foretoken.bench.report.Format.percent;
import static dev.foretoken.bench.report.Format.seconds;
import static dev.foretoken.bench.report.Format.significant;

import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.LatencySummary;

/** The result of a run for people. */
final class ServeTables {
    private ServeTables() {}

    static String render(ServeReport report) {
        return String.join("\n", heading(report), latency(report), rates(report), account(report), notes(report));
    }

    private static String heading(ServeReport report) {
        LoadDescription load = report.load();
        String arrivals = load.concurrency() != null
                ? "concurrency " + load.concurrency()
                : significant(load.ratePerSecond() == null ? 0 : load.ratePerSecond()) + " requests/s (Poisson)";
        return "%s %s, model %s, %s, input %s, output %s, seed %d\n%s\n"
                .formatted(
                        load.url(),
                        load.endpoint(),
                        load.model(),
                        arrivals,
                        load.input(),
                        load.output(),
                        load.seed(),
                        report.provenance().machine().sentence());
    }

    private static String latency(ServeReport report) {
        LatencyReport latency = report.latency();
        Table table = new Table("latency", "count", "mean", "p50", "p90", "p99", "max");
        row(table, "TTFT", latency.ttftSeconds());
        row(table, "TPOT", latency.tpotSeconds());
        row(table, "ITL", latency.itlSeconds());
        row(table, "E2E", latency.e2eSeconds());
        row(table, "sent late", latency.lagSeconds());
        return table.render();
    }

    private static void row(Table table, String name, LatencySummary s) {
        table.row(
                name,
                count(s.count()),
                seconds(s.mean()),
                seconds(s.p50()),
                seconds(s.p90()),
                seconds(s.p99()),
                seconds(s.max()));
    }

    private static String rates(ServeReport report) {
        Table table = new Table("throughput", "seconds", "output tokens/s", "requests/s", "goodput/s", "good");
        row(table, "steady", report.steady());
        row(table, "whole run", report.wholeRun());
        return table.render();
    }

    private static void row(Table table, String name, RateReport r) {
        table.row(
                name,
                significant(r.seconds()),
                significant(r.outputTokensPerSecond()),
                significant(r.requestsPerSecond()),
                significant(r.goodputPerSecond()),
                percent(r.goodShare()));
    }

    private static String account(ServeReport report) {
        Account a = report.account();
        Table table = new Table("requests", "count");
        table.row("sent", count(a.sent()));
        table.row("completed", count(a.completed()));
        optional(table, "cancelled by this client", a.cancelled());
        optional(table, "completed before the cancel", a.completedBeforeCancel());
        optional(table, "malformed, refused", a.malformedRefused());
        optional(table, "malformed, ACCEPTED", a.malformedAccepted());
        a.failures().forEach((kind, number) -> table.row("failed: " + kind, count(number)));
        optional(table, "UNACCOUNTED", a.unaccounted());
        optional(table, "sent again on a new connection", a.resent());
        return table.render();
    }

    private static void optional(Table table, String name, int number) {
        if (number > 0) {
            table.row(name, count(number));
        }
    }

    private static String notes(ServeReport report) {
        TokenAccount t = report.tokens();
        StringBuilder notes = new StringBuilder();
        notes.append(
                "tokens: prompt %s (cached %s, predicted %s), output %s by server, %s by client, %s answers differ, %s without usage\n"
                        .formatted(
                                count(t.promptServer()),
                                count(t.cachedServer()),
                                count(t.predictedServer()),
                                count(t.completionServer()),
                                count(t.completionClient()),
                                count(t.answersThatDiffer()),
                                count(t.answersWithoutUsage())));
        notes.append("SLO: %s; client CPU %.1f s%s\n"
                .formatted(
                        report.load().sloSeconds().isEmpty()
                                ? "none stated"
                                : report.load().sloSeconds() + " seconds",
                        report.clientCpuSeconds(),
                        report.window().trimmed() ? "" : "; too short to leave out warm-up and cool-down"));
        if (report.serverCpuMicrosPerToken() != null) {
            notes.append("server CPU: %.2f s, %s us per output token (whole run)\n"
                    .formatted(report.serverCpuSeconds(), significant(report.serverCpuMicrosPerToken())));
        }
        report.account()
                .examples()
                .forEach((kind, message) ->
                        notes.append(kind).append(": ").append(message).append('\n'));
        return notes.toString();
    }
}
