package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.runtime.ExpertLoad;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ExpertGaugesTest {

    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @Test
    void showsEachExpertOfAModelOfFewAndHidesThemAgain() {
        List<ExpertLoad> layers = List.of(new ExpertLoad(2), new ExpertLoad(3));
        ExpertGauges gauges = new ExpertGauges(telemetry, "m", layers);
        gauges.show();
        layers.get(1).add(2, 9);
        assertThat(telemetry.gauges()).hasSize(2);
        assertThat(telemetry.totals()).hasSize(5);
        assertThat(telemetry.value("foretoken_expert_tokens_total[m, 1, 2]")).isEqualTo(9);
        assertThat(telemetry.value("foretoken_expert_tokens_total[m, 0, 1]")).isZero();
        assertThat(telemetry.value("foretoken_expert_imbalance[m, 1]")).isEqualTo(3);
        gauges.hide();
        assertThat(telemetry.gauges()).isEmpty();
        assertThat(telemetry.totals()).isEmpty();
    }

    @Test
    void showsTheImbalanceAloneOfAModelOfManyExperts() {
        int half = ExpertGauges.MOST_SERIES / 2;
        new ExpertGauges(telemetry, "fits", List.of(new ExpertLoad(half), new ExpertLoad(half))).show();
        assertThat(telemetry.totals()).hasSize(ExpertGauges.MOST_SERIES);
        new ExpertGauges(telemetry, "large", List.of(new ExpertLoad(half), new ExpertLoad(half + 1))).show();
        assertThat(telemetry.totals()).hasSize(ExpertGauges.MOST_SERIES);
        assertThat(telemetry.gauges()).hasSize(4).contains("foretoken_expert_imbalance[large, 1]");
    }
}
