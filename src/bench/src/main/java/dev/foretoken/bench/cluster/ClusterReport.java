package dev.foretoken.bench.cluster;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.Table;
import java.util.List;

/**
 * Simulated clusters side by side; its JSON form is the file format {@code foretoken.bench.cluster/1}.
 *
 * @param pods what the pods were: the scheduler, or the model of it
 */
record ClusterReport(String schema, Provenance provenance, String scenario, String pods, List<Reading> readings) {
    static final String SCHEMA = "foretoken.bench.cluster/1";

    /**
     * One simulation.
     *
     * @param microsPerRequest of this machine, for everything that one request takes: choices, reports, and the pods themselves
     */
    record Reading(
            String policy,
            int pods,
            int gateways,
            double perSecond,
            ClusterOutcome outcome,
            double wallSeconds,
            double microsPerRequest) {

        String name() {
            return policy + ", " + gateways + (gateways == 1 ? " gateway" : " gateways");
        }
    }

    String table() {
        Table table = new Table(
                "policy",
                "pods",
                "asked/s",
                "answered/s",
                "refused",
                "TTFT p50",
                "p99",
                "hits",
                "reports/s",
                "cache events/s",
                "us/request");
        for (Reading reading : readings) {
            ClusterOutcome outcome = reading.outcome();
            table.row(
                    reading.name(),
                    Format.count(reading.pods()),
                    Format.significant(reading.perSecond()),
                    Format.significant(outcome.answersPerSecond()),
                    Format.count(outcome.refused()),
                    Format.seconds(outcome.ttft().p50()),
                    Format.seconds(outcome.ttft().p99()),
                    Format.percent(outcome.hitRate()),
                    Format.significant(outcome.reports()),
                    Format.significant(outcome.cacheEvents()),
                    Format.significant(reading.microsPerRequest()));
        }
        return table.render();
    }

    /** Answers a second by requests a second, a line for each policy and number of gateways. */
    LineChart chart() {
        List<LineChart.Line> lines = readings.stream()
                .map(Reading::name)
                .distinct()
                .map(name -> new LineChart.Line(
                        name,
                        readings.stream()
                                .filter(reading -> reading.name().equals(name))
                                .map(ClusterReport::point)
                                .toList()))
                .toList();
        return new LineChart(
                "Simulated cluster: " + scenario + ", pods: " + pods, "requests a second", "answers a second", lines);
    }

    private static LineChart.Point point(Reading reading) {
        double answers = reading.outcome().answersPerSecond();
        return new LineChart.Point(reading.perSecond(), answers, answers, answers);
    }
}
