package dev.foretoken.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.ModelServerMetrics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void showsTheStandardFamiliesUnderTheConfiguredPrefixAndLeavesOurOwnNamesAlone() {
        PrometheusTelemetry renamed = new PrometheusTelemetry(() -> 0, new MetricPrefix("lmdeploy:"));
        renamed.gauge(ModelServerMetrics.RUNNING, () -> 3, "m");
        renamed.counter(ModelServerMetrics.PREFIX_HITS, "m").add(4);
        renamed.counter(Metric.of("foretoken_own_total", "O.")).increment();
        String page = new String(MetricsPage.render(renamed, null).body(), StandardCharsets.UTF_8);
        assertThat(page)
                .contains(
                        "lmdeploy:num_requests_running{model_name=\"m\",} 3.0",
                        "lmdeploy:prefix_cache_hits_total{model_name=\"m\",} 4.0",
                        "foretoken_own_total 1.0")
                .doesNotContain("vllm");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "9a:", "a b:", "a{}:", "vllm", ":"})
    void refusesPrefixesThatMakeNoName(String prefix) {
        assertThatThrownBy(() -> new MetricPrefix(prefix)).hasMessageContaining("metrics-prefix");
    }

    @Test
    void readsTheLabelsOfDescriptionsWhenScrapedAndKeepsOneSeriesOfEach() {
        List<String> used = new ArrayList<>(List.of("4", "a", ""));
        telemetry.description(ModelServerMetrics.ADAPTERS, "m", () -> List.copyOf(used), () -> 1.5);
        telemetry.description(ModelServerMetrics.ADAPTERS, "n", () -> List.copyOf(used), () -> 1.5);
        used.set(1, "a,b");
        assertThat(page().lines().filter(line -> line.startsWith("vllm:lora_requests_info{")))
                .containsExactly("vllm:lora_requests_info{max_lora=\"4\",running_lora_adapters=\"a,b\","
                        + "waiting_lora_adapters=\"\",} 1.5");
        telemetry.removeDescription(ModelServerMetrics.ADAPTERS, "m");
        telemetry.removeDescription(ModelServerMetrics.ADAPTERS, "n");
        assertThat(page()).doesNotContain("lora_requests_info{");
    }
}
