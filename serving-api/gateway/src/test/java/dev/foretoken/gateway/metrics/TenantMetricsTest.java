package dev.foretoken.gateway.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.gateway.metrics.TenantMetrics.Cause;
import org.junit.jupiter.api.Test;

class TenantMetricsTest {

    private final PrometheusTelemetry telemetry = new PrometheusTelemetry(System::nanoTime);
    private final TenantMetrics metrics = new TenantMetrics(telemetry);

    private String page() {
        return new String(MetricsPage.render(telemetry, null).body(), UTF_8);
    }

    @Test
    void countsWhoWaitsUntilTheFirstTokenOrTheEnd() {
        TenantMetrics.Wait first = metrics.waits("team");
        TenantMetrics.Wait second = metrics.waits("team");
        metrics.waits("");
        assertThat(page())
                .contains(
                        "foretoken_tenant_requests_waiting{tenant=\"team\",} 2.0",
                        "foretoken_tenant_requests_waiting{tenant=\"anonymous\",} 1.0");
        first.firstToken(300_000_000L);
        first.close();
        assertThat(page())
                .contains(
                        "foretoken_tenant_requests_waiting{tenant=\"team\",} 1.0",
                        "foretoken_tenant_time_to_first_token_seconds_bucket{tenant=\"team\",le=\"0.25\",} 0.0",
                        "foretoken_tenant_time_to_first_token_seconds_bucket{tenant=\"team\",le=\"0.5\",} 1.0");
        second.close();
        second.close();
        assertThat(page())
                .contains(
                        "foretoken_tenant_requests_waiting{tenant=\"team\",} 0.0",
                        "foretoken_tenant_time_to_first_token_seconds_count{tenant=\"team\",} 1.0");
    }

    @Test
    void countsRefusalsByTheBoundThatWasMet() {
        metrics.refused("team", ErrorCode.QUEUE_FULL, Cause.ENGINES);
        metrics.refused("team", ErrorCode.SHARE_FULL, Cause.ENGINES);
        metrics.refused("team", ErrorCode.RATE_LIMITED, Cause.PLACES);
        metrics.refused("team", ErrorCode.DRAINING, Cause.HELD);
        assertThat(page())
                .contains(
                        "foretoken_tenant_refusals_total{tenant=\"team\",cause=\"engines\",} 2.0",
                        "foretoken_tenant_refusals_total{tenant=\"team\",cause=\"limits\",} 1.0",
                        "foretoken_tenant_refusals_total{tenant=\"team\",cause=\"places\",} 0.0",
                        "foretoken_tenant_refusals_total{tenant=\"team\",cause=\"held\",} 0.0");
    }

    @Test
    void tenantsBeyondThoseThatFitAreCountedTogether() {
        for (int i = 0; i < TenantMetrics.MOST + 5; i++) {
            metrics.waits("team" + i);
            metrics.refused("team" + i, ErrorCode.QUEUE_FULL, Cause.PLACES);
        }
        assertThat(page())
                .contains(
                        "foretoken_tenant_requests_waiting{tenant=\"team" + (TenantMetrics.MOST - 1) + "\",} 1.0",
                        "foretoken_tenant_requests_waiting{tenant=\"other\",} 5.0",
                        "foretoken_tenant_refusals_total{tenant=\"other\",cause=\"places\",} 5.0")
                .doesNotContain("\"team" + TenantMetrics.MOST + "\"", "cause=\"other\"");
    }
}
