package dev.foretoken.bench.cluster;

import dev.foretoken.bench.report.Format;
import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Simulated clusters side by side; its JSON form is the file format {@code foretoken.bench.cluster/1}.
 *
 * @param pods what the pods were: the scheduler, or the model of it
 * @param costs of their steps
 * @param threads that simulated: 1 or 2
 */
record ClusterReport(
        String schema,
        Provenance provenance,
        String scenario,
        String pods,
        PodCosts costs,
        int threads,
        List<Reading> readings) {
    static final String SCHEMA = "foretoken.bench.cluster/1";

    /**
     * One simulation.
     *
     * @param microsPerRequest of this machine with as many threads as were asked for, for everything that one request takes: choices, reports, and the pods themselves
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
        return costs.sentence() + "\n\n" + table.render() + tenants() + failures();
    }

    /** What each tenant had; nothing where there was one alone. */
    private String tenants() {
        Table table = new Table("policy", "asked/s", "tenant", "asked", "limited", "answered", "TTFT p50", "p99");
        for (Reading reading : readings) {
            for (TenantOutcome tenant : reading.outcome().tenants()) {
                table.row(
                        reading.name(),
                        Format.significant(reading.perSecond()),
                        tenant.tenant(),
                        Format.count(tenant.sent()),
                        Format.count(tenant.limited()),
                        Format.count(tenant.answered()),
                        Format.seconds(tenant.ttft().p50()),
                        Format.seconds(tenant.ttft().p99()));
            }
        }
        boolean several = readings.stream()
                .anyMatch(reading -> reading.outcome().tenants().size() > 1);
        return several ? "\n" + table.render() : "";
    }

    /** What became of requests whose pods failed; nothing where none did. */
    private String failures() {
        Table table = new Table("policy", "asked/s", "moved", "lost");
        for (Reading reading : readings) {
            table.row(
                    reading.name(),
                    Format.significant(reading.perSecond()),
                    Format.count(reading.outcome().moved()),
                    Format.count(reading.outcome().lost()));
        }
        boolean any = readings.stream()
                .anyMatch(
                        reading -> reading.outcome().moved() + reading.outcome().lost() > 0);
        return any ? "\n" + table.render() : "";
    }

    /**
     * Answers a second by requests a second, a line for each policy and number of gateways; where the numbers of pods differ, what the control
     * path takes by pods.
     */
    LineChart chart() {
        return readings.stream().map(Reading::pods).distinct().count() > 1 ? controlPath() : answers();
    }

    private LineChart answers() {
        return new LineChart(
                "Simulated cluster: " + scenario + ", pods: " + pods,
                "requests a second",
                "answers a second",
                lines(Reading::perSecond, reading -> reading.outcome().answersPerSecond(), ""));
    }

    /** Of very different sizes: in the units that put them side by side. */
    private LineChart controlPath() {
        List<LineChart.Line> lines = new ArrayList<>();
        lines.addAll(lines(Reading::pods, Reading::microsPerRequest, ": us a request, of this machine"));
        lines.addAll(lines(Reading::pods, reading -> reading.outcome().reports() / 1e3, ": 1,000 reports a second"));
        lines.addAll(lines(
                Reading::pods, reading -> reading.outcome().cacheEvents() / 1e4, ": 10,000 cache events a second"));
        return new LineChart("Control path: " + scenario + ", pods: " + pods, "pods", "", lines);
    }

    private List<LineChart.Line> lines(
            ToDoubleFunction<Reading> across, ToDoubleFunction<Reading> upwards, String what) {
        return readings.stream()
                .map(Reading::name)
                .distinct()
                .map(name -> new LineChart.Line(
                        name + what,
                        readings.stream()
                                .filter(reading -> reading.name().equals(name))
                                .sorted(Comparator.comparingDouble(across))
                                .map(reading -> point(across.applyAsDouble(reading), upwards.applyAsDouble(reading)))
                                .toList()))
                .toList();
    }

    private static LineChart.Point point(double at, double value) {
        return new LineChart.Point(at, value, value, value);
    }
}
