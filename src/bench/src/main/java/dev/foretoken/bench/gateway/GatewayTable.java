package dev.foretoken.bench.gateway;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.Table;
import dev.foretoken.bench.stats.LatencySummary;

/** The report for people. */
final class GatewayTable {
    private GatewayTable() {}

    static String render(GatewayReport report) {
        GatewayReport.Traffic traffic = report.traffic();
        Table table = new Table("first token", "p50", "p90", "p99", "max");
        row(table, "request to pod", report.firstToken().toPod());
        row(table, "token to client", report.firstToken().toClient());
        row(table, "both", report.firstToken().both());
        row(table, "both, without gateway", report.direct().both());
        return "%d streams, %d pods, a token of each every %d ms, %s s; requests %s\n%s\n\n%s\n%s tokens in %s events, %s requests; gateway CPU %s us per token; %s added to the median first token\n"
                .formatted(
                        report.load().streams(),
                        report.load().pods(),
                        report.load().stepMillis(),
                        Format.significant(traffic.seconds()),
                        report.endings(),
                        report.provenance().machine().sentence(),
                        table.render(),
                        Format.count(traffic.tokens()),
                        Format.count(traffic.events()),
                        Format.count(traffic.requests()),
                        Format.significant(traffic.gatewayCpuMicrosPerToken()),
                        Format.seconds(report.addedSeconds()));
    }

    private static void row(Table table, String name, LatencySummary of) {
        table.row(
                name,
                Format.seconds(of.p50()),
                Format.seconds(of.p90()),
                Format.seconds(of.p99()),
                Format.seconds(of.max()));
    }
}
