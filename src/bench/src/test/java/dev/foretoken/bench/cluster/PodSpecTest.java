package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.bench.costs.CostsReport;
import dev.foretoken.bench.costs.StepPrice;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Pods that say they are what was measured are that. */
class PodSpecTest {

    private static CostsReport measured(String model) throws IOException {
        return CostsReport.read(Path.of(
                System.getProperty("foretoken.root"), "src/bench/results/2026-11-22-step-costs-" + model + ".json"));
    }

    private static double rounded(double nanos) {
        return new BigDecimal(nanos).round(new MathContext(3)).doubleValue();
    }

    private static void assertMeasured(PodSpec pod, CostsReport measured) {
        StepPrice costs = measured.costs();
        assertThat(pod)
                .isEqualTo(new PodSpec(
                        rounded(costs.stepNanos()),
                        rounded(costs.tokenNanos()),
                        rounded(costs.drawNanos()),
                        rounded(costs.pairNanos()),
                        pod.blocks(),
                        measured.rows(),
                        measured.stepTokens(),
                        measured.besideDecode(),
                        pod.maxQueued()));
    }

    @Test
    void podsOfAThousandAreASmallLlama() throws IOException {
        CostsReport measured = measured("llama-68m");
        assertThat(measured.model()).isEqualTo("random:llama-68m");
        assertThat(measured.weights()).isEqualTo("w8a8");
        assertMeasured(ClusterScenario.BURST.config().pod(), measured);
        assertMeasured(ClusterScenario.DAY.config().pod(), measured);
    }
}
