package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.fake.FakeTensorProvider;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.tensor.TensorConfig;
import dev.foretoken.scheduler.tensor.TensorLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Graphs of tensors beside models that generate: one budget, one life. */
class TensorModelsTest {

    private static final long MIB = 1 << 20;
    private static final long SCRATCH = TensorLoop.scratchBytes(TensorConfig.DEFAULT);
    /** Room for one graph of 40 MiB with what it joins inputs in, not for two. */
    private static final long BUDGET = 100 * MIB;

    private static final ResidencyConfig AT_ONCE =
            new ResidencyConfig(0, 64, Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(1));

    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final FakeTensorProvider graphs =
            new FakeTensorProvider(() -> FakeTensorRuntime.ragged(16).withResidentBytes(40 * MIB), true);
    private final SchedulerHost host = host(graphs);

    private SchedulerHost host(FakeTensorProvider provider) {
        return new SchedulerHost(
                new HostConfig(BUDGET, 50, 0, Duration.ofSeconds(10)).withResidency(AT_ONCE),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(
                        List.of(provider, FakeRuntimeProvider.of(FakeModel.ofContext(100, 32))),
                        DeviceSpec.cpu(1),
                        telemetry));
    }

    @AfterEach
    void close() {
        host.close();
        assertThat(host.report().memoryUsedBytes()).isZero();
        assertThat(graphs.opened()).allMatch(FakeTensorRuntime::isClosed);
    }

    private static TensorRequest request(String model, long... row) {
        return TensorRequest.of(model, RequestIdentity.anonymous("r"), List.of(Tensors.rows("x", row)));
    }

    private long total(String model, long... row) {
        return Tensors.longs(host.infer(request(model, row)).outputs().getLast())[0];
    }

    private void load(String model) {
        host.load(FakeTensorProvider.source(model), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
    }

    private void offer(String model) {
        host.offer(FakeTensorProvider.source(model), RuntimeOptions.DEFAULT, progress -> {});
    }

    private ModelInfo info(String model) {
        return host.models().stream()
                .filter(info -> info.name().equals(model))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(Runnable call, ErrorCode code, String said) {
        assertThatThrownBy(call::run)
                .hasMessageContaining(said)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void runsAGraphTellsWhatItIsAndCountsItsMemory() {
        load("graph");
        assertThat(total("graph", 1, 2, 3)).isEqualTo(6);
        assertThat(info("graph").tasks()).containsExactlyInAnyOrder(ModelTask.TENSOR, ModelTask.EMBED);
        assertThat(info("graph").contextTokens()).isEqualTo(16);
        assertThat(info("graph").runtime()).isEqualTo("fake-tensors");
        assertThat(host.signature("graph")).isEqualTo(FakeTensorRuntime.raggedSignature(16));
        assertThat(host.report().memoryUsedBytes()).isEqualTo(40 * MIB + SCRATCH);
        assertThat(host.report().models().getFirst().counters().steps()).isEqualTo(1);
    }

    @Test
    void countsRequestsRowsRunsAndErrors() {
        load("graph");
        total("graph", 1, 2);
        assertRefused(() -> total("graph", FakeTensorRuntime.REFUSED), ErrorCode.INVALID_REQUEST, "a row holds");
        assertThat(telemetry.value("foretoken_tensor_requests_total[graph, ok]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_tensor_requests_total[graph, invalid_request]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_tensor_rows_total[graph]")).isEqualTo(1);
        assertThat(telemetry.observations("foretoken_tensor_run_seconds[graph]"))
                .isEqualTo(1);
        assertThat(telemetry.observations("foretoken_tensor_queue_seconds[graph]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_tensor_queue[graph]")).isZero();
        assertThat(telemetry.value("foretoken_tensor_sessions[graph]")).isZero();
        assertThat(telemetry.value("foretoken_tensor_session_bytes[graph]")).isZero();
        host.unload("graph", Duration.ofSeconds(10));
        assertThat(telemetry.gauges()).noneMatch(series -> series.contains("[graph"));
    }

    /** One number is eight bytes of a stream's cache. */
    @Test
    void streamsArePaidFromTheMemoryOfAllModels() {
        long resident = BUDGET - SCRATCH - 32;
        try (SchedulerHost full =
                host(new FakeTensorProvider(() -> FakeTensorRuntime.plain().withResidentBytes(resident), true))) {
            full.load(FakeTensorProvider.source("graph"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
            full.infer(request("graph", 1).withSession(new SessionUse(1, true, false)));
            assertThat(full.report().memoryUsedBytes()).isEqualTo(BUDGET - 24);
            full.infer(request("graph", 1).withSession(new SessionUse(2, true, false)));
            full.infer(request("graph", 1, 2).withSession(new SessionUse(2, false, false)));
            assertThat(full.report().memoryUsedBytes()).isEqualTo(BUDGET);
            assertRefused(
                    () -> full.infer(request("graph", 1).withSession(new SessionUse(1, false, false))),
                    ErrorCode.QUEUE_FULL,
                    "cache 'numbers' of session 1 needs 8 bytes more, and the memory of all models has no room");
            assertThat(full.report().memoryUsedBytes())
                    .as("the refused stream has ended")
                    .isEqualTo(BUDGET - 8);
            full.infer(request("graph", 1).withSession(new SessionUse(2, false, true)));
            assertThat(full.report().memoryUsedBytes()).isEqualTo(BUDGET - 32);
            full.infer(request("graph", 1).withSession(new SessionUse(3, true, false)));
            full.unload("graph", Duration.ofSeconds(10));
            assertThat(full.report().memoryUsedBytes()).isZero();
        }
    }

    @Test
    void eachKindRefusesTheOthersRequests() {
        load("graph");
        host.load(FakeRuntimeProvider.source("text"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        assertRefused(
                () -> host.submit(GenerationRequest.greedy("r", "graph", Prompt.of(1), 1)),
                ErrorCode.UNSUPPORTED_FEATURE,
                "model 'graph' takes tensors and generates no tokens: it serves embed, tensor");
        assertRefused(
                () -> host.infer(request("text", 1)),
                ErrorCode.UNSUPPORTED_FEATURE,
                "model 'text' generates tokens and takes no tensors: it serves generate");
        assertRefused(() -> host.signature("text"), ErrorCode.UNSUPPORTED_FEATURE, "takes no tensors");
        assertRefused(() -> host.infer(request("none", 1)), ErrorCode.MODEL_NOT_FOUND, "'none' is not served here");
        assertRefused(
                () -> host.loadAdapter("graph", "a", Path.of("a")), ErrorCode.UNSUPPORTED_FEATURE, "takes tensors");
    }

    @Test
    void theFirstRequestLoadsAGraphThatIsOffered() {
        offer("graph");
        assertThat(info("graph").state()).isEqualTo(ModelState.AVAILABLE);
        assertThat(info("graph").can(ModelTask.EMBED)).isTrue();
        assertThat(host.signature("graph").inputs()).hasSize(1);
        assertThat(graphs.opened()).isEmpty();
        assertThat(total("graph", 4, 5)).isEqualTo(9);
        assertThat(info("graph").state()).isEqualTo(ModelState.READY);
    }

    @Test
    void graphsTakeTurnsInMemory() {
        offer("a");
        offer("b");
        assertThat(total("a", 1)).isEqualTo(1);
        assertThat(total("b", 2)).isEqualTo(2);
        assertThat(info("a").state()).isEqualTo(ModelState.AVAILABLE);
        assertThat(total("a", 3)).isEqualTo(3);
        assertThat(host.report().memoryUsedBytes()).isEqualTo(40 * MIB + SCRATCH);
    }

    @Test
    void aGraphThatCannotFitIsRefusedInNumbers() {
        FakeTensorProvider large =
                new FakeTensorProvider(() -> FakeTensorRuntime.plain().withResidentBytes(BUDGET), true);
        try (SchedulerHost small = host(large)) {
            assertRefused(
                    () -> small.offer(FakeTensorProvider.source("g"), RuntimeOptions.DEFAULT, progress -> {}),
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "model g needs 132 MiB");
        }
    }

    @Test
    void loadsAGraphOnceToTellWhatItTakesWhereItsHeaderDoesNot() {
        FakeTensorProvider silent = new FakeTensorProvider(() -> FakeTensorRuntime.plain(), false);
        try (SchedulerHost other = host(silent)) {
            other.offer(FakeTensorProvider.source("g"), RuntimeOptions.DEFAULT, progress -> {});
            other.offer(FakeTensorProvider.source("h"), RuntimeOptions.DEFAULT, progress -> {});
            assertThat(other.signature("g")).isEqualTo(FakeTensorRuntime.plainSignature());
            other.infer(request("h", 1));
            assertThat(other.signature("g")).isEqualTo(FakeTensorRuntime.plainSignature());
            assertThat(silent.opened()).hasSize(2);
        }
    }

    @Test
    void aRequestWaitsForALoadNoLongerThanItsTime() {
        offer("graph");
        TensorRequest late = request("graph", 1).withService(ServiceLevel.DEFAULT.withTimeout(Duration.ZERO));
        assertRefused(() -> host.infer(late), ErrorCode.DEADLINE_EXCEEDED, "the time of this request was over");
    }

    @Test
    void drainingRefusesRuns() {
        load("graph");
        host.drain(Duration.ZERO);
        assertRefused(() -> host.infer(request("graph", 1)), ErrorCode.DRAINING, "this server is stopping");
    }
}
