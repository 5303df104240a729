package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A variant with an auxiliary, from its load to its metrics. */
class PredictedModelTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    private SchedulerHost serving(FakeModel model) {
        SchedulerHost host = new SchedulerHost(
                new HostConfig(64L << 20, 50, 0, Duration.ofSeconds(10)),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(FakeRuntimeProvider.of(model)), DeviceSpec.cpu(1), telemetry));
        host.load(FakeRuntimeProvider.source("demo", "model"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        return host;
    }

    private static GenerationRequest request(int maxTokens, Repair repair) {
        PrefillOptions prefill = new PrefillOptions(PrefillMode.PREDICTED, repair);
        return GenerationRequest.greedy("r", "demo", Prompt.of(5, 6, 7, 8, 9), maxTokens)
                .withOptions(new ModelOptions(prefill, Optional.empty(), Optional.empty()));
    }

    private static PrefillUsage usage(Generation generation) throws InterruptedException {
        EngineEvent last = null;
        while (!generation.isDone()) {
            last = generation.next(PATIENCE).orElseThrow();
        }
        assertThat(last).isInstanceOf(EngineEvent.Finished.class);
        return ((EngineEvent.Finished) last).usage().prefill();
    }

    @Test
    void saysThatItPredictsAndCountsWhatBecameOfIt() throws InterruptedException {
        FakeModel model = FakeModel.ofContext(1000, 256);
        try (SchedulerHost host =
                serving(model.withAuxiliaryPart(model.shape().base().caches()))) {
            assertThat(host.models().getFirst().prefillModes())
                    .containsExactly(PrefillMode.EXACT, PrefillMode.PREDICTED, PrefillMode.AUTO);
            assertThat(usage(host.submit(request(12, new Repair.After(3)))))
                    .isEqualTo(new PrefillUsage(PrefillMode.PREDICTED, 4, 3));
            assertThat(usage(host.submit(request(2, new Repair.After(5)))).repairedAt())
                    .isEqualTo(PrefillUsage.NEVER);
        }
        assertThat(telemetry.value("foretoken_prefills_total[demo, predicted]")).isEqualTo(2);
        assertThat(telemetry.value("foretoken_prefills_total[demo, exact]")).isZero();
        assertThat(telemetry.value("foretoken_predicted_prompt_tokens_total[demo]"))
                .isEqualTo(8);
        assertThat(telemetry.value("foretoken_repairs_total[demo, done]")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_repairs_total[demo, given_up]")).isEqualTo(1);
        assertThat(telemetry.observations("foretoken_repaired_at_tokens[demo]")).isEqualTo(1);
    }

    @Test
    void aVariantWithoutAnAuxiliaryOffersExactPromptsAlone() {
        try (SchedulerHost host = serving(FakeModel.ofContext(1000, 256))) {
            assertThat(host.models().getFirst().prefillModes()).containsExactly(PrefillMode.EXACT);
        }
    }
}
