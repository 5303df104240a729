package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.bench.report.JsonFile;
import dev.foretoken.bench.report.LineChart;
import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.LatencySummary;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterReportTest {

    private static ClusterReport.Reading reading(int pods, double perSecond, long lost, String... tenants) {
        List<TenantOutcome> outcomes = List.of(tenants).stream()
                .map(name -> new TenantOutcome(name, 9, 4, 5, LatencySummary.EMPTY))
                .toList();
        ClusterOutcome outcome = new ClusterOutcome(
                9, 9, 0, 0, lost, 2 * lost, perSecond / 2, LatencySummary.EMPTY, 0.5, 9, 2000, 30_000, outcomes);
        return new ClusterReport.Reading("least-loaded", pods, 1, perSecond, outcome, 1, 7);
    }

    private static final PodCosts COSTS = new PodCosts("scenario BURST", 500_000, 12_345, 6_789, 0.5);

    private static ClusterReport report(ClusterReport.Reading... readings) {
        return new ClusterReport(
                ClusterReport.SCHEMA,
                Provenance.now(List.of(), Map.of()),
                "BURST",
                "model",
                COSTS,
                2,
                List.of(readings));
    }

    @Test
    void itSaysWhatStepsCostAndOfWhatThatIs() throws IOException {
        ClusterReport report = report(reading(1, 2, 0, ""));
        assertThat(report.table())
                .startsWith(
                        "costs: a step 500,000, a token 12,345, a token drawn 6,789, a position attended to 0.500 ns"
                                + " (scenario BURST)\n");
        JsonNode costs = new ObjectMapper().readTree(JsonFile.text(report)).path("costs");
        assertThat(costs.path("of").asText()).isEqualTo("scenario BURST");
        assertThat(costs.path("pair_nanos").asDouble()).isEqualTo(0.5);
    }

    @Test
    void tenantsAndFailuresAreShownWhereThereAreAny() {
        assertThat(report(reading(1, 2, 0, "")).table())
                .doesNotContain("tenant")
                .doesNotContain("lost");
        assertThat(report(reading(1, 2, 0, "quiet", "loud")).table()).contains("limited", "quiet", "loud");
        assertThat(report(reading(1, 2, 3, "")).table())
                .containsPattern("moved +lost")
                .containsPattern("6 +3");
    }

    @Test
    void thePictureIsOfRatesOrOfPods() {
        assertThat(report(reading(10, 2, 0), reading(10, 4, 0)).chart().svg())
                .contains("answers a second", "requests a second")
                .doesNotContain("reports a second");
        assertThat(report(reading(10, 2, 0), reading(100, 20, 0)).chart().svg())
                .contains(">pods<", "us a request", "1,000 reports a second", "10,000 cache events a second")
                .doesNotContain("answers a second");
    }

    @Test
    void pointsStandInTheirOrderWhateverWasSimulatedFirst() {
        LineChart chart = report(reading(100, 20, 0), reading(10, 2, 0)).chart();
        assertThat(chart.lines().getFirst().points())
                .extracting(LineChart.Point::at)
                .containsExactly(10.0, 100.0);
    }
}
