package dev.foretoken.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.telemetry.Metric;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrometheusTelemetryTest {

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry(() -> 0);

    private String page() {
        return new String(MetricsPage.render(telemetry, null).body(), StandardCharsets.UTF_8);
    }

    @Test
    void givesTheSameSeriesForTheSameLabels() {
        Metric metric = Metric.of("a_total", "A.", "model");
        telemetry.counter(metric, "m").increment();
        telemetry.counter(metric, "m").add(2);
        assertThat(page()).contains("a_total{model=\"m\",} 3.0");
    }

    @Test
    void countsLabelValuesBeyondTheLimitAsOther() {
        Metric metric = Metric.of("b_total", "B.", "path");
        for (int i = 0; i < 1000; i++) {
            telemetry.counter(metric, "value" + i).increment();
        }
        assertThat(page().lines().filter(line -> line.startsWith("b_total{")).count())
                .isEqualTo(257);
        assertThat(page()).contains("b_total{path=\"other\",} 744.0");
    }

    @Test
    void readsGaugesWhenScrapedAndForgetsRemovedOnes() {
        Metric metric = Metric.of("c", "C.", "model");
        double[] value = {1};
        telemetry.gauge(metric, () -> value[0], "m");
        value[0] = 5;
        assertThat(page()).contains("c{model=\"m\",} 5.0");
        telemetry.removeGauge(metric, "m");
        assertThat(page()).doesNotContain("c{model=");
    }

    @Test
    void showsTotalsThatAreKeptElsewhereAsCounters() {
        Metric metric = Metric.of("d_total", "D.", "model");
        double[] value = {1};
        telemetry.total(metric, () -> value[0], "m");
        value[0] = 5;
        assertThat(page()).contains("# TYPE d_total counter", "d_total{model=\"m\",} 5.0");
        telemetry.removeTotal(metric, "m");
        assertThat(page()).doesNotContain("d_total{model=");
    }

    @Test
    void allowsTheColonsOfOtherServersNames() {
        telemetry
                .histogram(Metric.of("vllm:x_seconds", "X.", "m"), new double[] {1, 2}, "a")
                .observe(1.5);
        assertThat(page()).contains("vllm:x_seconds_bucket{m=\"a\",le=\"2.0\",} 1.0");
    }
}
