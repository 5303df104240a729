package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.scheduler.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Models that are known, loaded when asked for, and unloaded for one another. */
class OfferedModelsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long BUDGET = 64L << 20;
    private static final long LARGE = 40L << 20;
    private static final ResidencyConfig AT_ONCE =
            new ResidencyConfig(0, 3, Duration.ZERO, Duration.ofMillis(1), Duration.ofHours(1), Duration.ofHours(1));

    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final List<SchedulerHost> hosts = new ArrayList<>();

    @AfterEach
    void closeHosts() {
        hosts.forEach(SchedulerHost::close);
    }

    private SchedulerHost host(Map<String, FakeModel> models) {
        HostConfig config = new HostConfig(BUDGET, 50, 0, Duration.ofSeconds(10)).withResidency(AT_ONCE);
        SchedulerHost host = new SchedulerHost(
                config,
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(new FakeRuntimeProvider(models)), DeviceSpec.cpu(1), telemetry));
        hosts.add(host);
        models.keySet()
                .forEach(name ->
                        host.offer(FakeRuntimeProvider.source(name, name), RuntimeOptions.DEFAULT, quiet -> {}));
        return host;
    }

    private static FakeModel model(long bytes) {
        return FakeModel.ofContext(1000, 256).withResidentBytes(bytes);
    }

    private static GenerationRequest request(String model, int tokens) {
        return GenerationRequest.greedy("r", model, Prompt.of(5, 6, 7), tokens);
    }

    private static List<EngineEvent> readAll(Generation generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            Optional<EngineEvent> event = generation.next(PATIENCE);
            events.add(event.orElseThrow(() -> new AssertionError("no event in time after " + events)));
        }
        return events;
    }

    private static List<Integer> tokens(List<EngineEvent> events) {
        return events.stream()
                .filter(e -> e instanceof EngineEvent.TokenGenerated)
                .map(e -> ((EngineEvent.TokenGenerated) e).tokenId())
                .toList();
    }

    private static ModelInfo info(SchedulerHost host, String name) {
        return host.models().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void answersTheFirstRequestByLoadingTheModel() throws InterruptedException {
        FakeModel model = model(1 << 20);
        SchedulerHost host = host(Map.of("a", model));
        assertThat(info(host, "a").state()).isEqualTo(ModelState.AVAILABLE);
        assertThat(info(host, "a").contextTokens()).isEqualTo(256);

        List<Integer> tokens = tokens(readAll(host.submit(request("a", 9))));

        assertThat(tokens).isEqualTo(new FakeReference(model.shape()).tokens(request("a", 9), 0));
        assertThat(info(host, "a").state()).isEqualTo(ModelState.READY);
        assertThat(telemetry.value("foretoken_model_loads_total[a]")).isEqualTo(1);
    }

    @Test
    void takesTurnsWhereOnlyOneModelFits() throws InterruptedException {
        SchedulerHost host = host(Map.of("a", model(LARGE), "b", model(LARGE)));
        for (int round = 0; round < 5; round++) {
            for (String name : List.of("a", "b")) {
                assertThat(tokens(readAll(host.submit(request(name, 5))))).hasSize(5);
                assertThat(host.report().memoryUsedBytes()).isLessThanOrEqualTo(BUDGET);
                assertThat(info(host, name).state()).isEqualTo(ModelState.READY);
            }
            assertThat(info(host, "a").state()).isEqualTo(ModelState.AVAILABLE);
        }
        assertThat(telemetry.value("foretoken_model_unloads_total[a]")).isEqualTo(5);
    }

    @Test
    void letsRunningSequencesEndBeforeItUnloadsTheirModel() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = host(Map.of("a", model(LARGE).withGate(gate), "b", model(LARGE)));
        Generation running = host.submit(request("a", 5));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        Generation waiting = host.submit(request("b", 5));
        assertThat(waiting.next(Duration.ofMillis(20))).isEmpty();
        gate.open();
        assertThat(tokens(readAll(running))).hasSize(5);
        assertThat(tokens(readAll(waiting))).hasSize(5);
    }

    @Test
    void refusesMoreThanMayWaitAndLetsThoseWhoLeaveGo() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = host(Map.of("a", model(LARGE).withGate(gate), "b", model(LARGE)));
        Generation running = host.submit(request("a", 5));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        List<Generation> waiting = new ArrayList<>();
        for (int i = 0; i < AT_ONCE.queue(); i++) {
            waiting.add(host.submit(request("b", 5)));
        }
        assertThatThrownBy(() -> host.submit(request("b", 5))).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOADING);
            assertThat(e.retryAfter()).as("measured by the load of a").isPresent();
        });
        waiting.getFirst().cancel();
        assertThat(readAll(waiting.getFirst())).singleElement().isInstanceOf(EngineEvent.Finished.class);
        waiting.set(0, host.submit(request("b", 5)));
        gate.open();
        readAll(running);
        for (Generation generation : waiting) {
            assertThat(tokens(readAll(generation))).hasSize(5);
        }
    }

    @Test
    void refusesWhatCanNeverFitWithTheNumbers() {
        SchedulerHost host = host(Map.of());
        FakeRuntimeProvider provider = FakeRuntimeProvider.of(model(BUDGET + 1));
        SchedulerHost other = new SchedulerHost(
                new HostConfig(BUDGET, 50, 0, Duration.ofSeconds(10)).withResidency(AT_ONCE),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(provider), DeviceSpec.cpu(1), telemetry));
        hosts.add(other);
        assertThatThrownBy(() -> other.offer(FakeRuntimeProvider.source("huge"), RuntimeOptions.DEFAULT, quiet -> {}))
                .hasMessageContaining("model huge needs 65 MiB")
                .hasMessageContaining("memory budget is 64 MiB");
        assertThat(provider.opened()).isEmpty();
        assertThat(host.models()).isEmpty();
        assertThat(other.models()).isEmpty();
    }

    @Test
    void doesNotWarmAModelThatDoesNotFitBesideAnother() {
        SchedulerHost host = host(Map.of("a", model(LARGE), "b", model(LARGE)));
        host.warm("a", Set.of());
        assertThatThrownBy(() -> host.warm("b", Set.of("a")))
                .hasMessageContaining("model b needs")
                .hasMessageContaining("are for a");
        assertThat(info(host, "a").state()).isEqualTo(ModelState.READY);
        host.warm("b", Set.of());
        assertThat(info(host, "a").state()).isEqualTo(ModelState.AVAILABLE);
        host.keep("b", true);
        assertThatThrownBy(() -> host.warm("a", Set.of())).hasMessageContaining("are for b");
    }

    @Test
    void tellsEveryoneWhoWaitedWhyALoadFailedAndDoesNotTryAgainAtOnce() {
        SchedulerHost host = host(Map.of("a", model(LARGE)));
        host.load(FakeRuntimeProvider.source("pinned", "a"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        Generation waiting = host.submit(request("a", 5));
        assertThat(await(waiting)).isInstanceOfSatisfying(EngineEvent.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
            assertThat(failed.detail()).contains("are for pinned");
        });
        assertThat(info(host, "a").state()).isEqualTo(ModelState.FAILED);
        assertThatThrownBy(() -> host.submit(request("a", 5))).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY);
            assertThat(e.retryAfter()).isPresent();
        });
    }

    private static EngineEvent await(Generation generation) {
        try {
            return generation.next(PATIENCE).orElseThrow();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void loadsNothingThatItsCheckRefuses() {
        ForetokenException damaged = new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "a blob is damaged");
        FakeRuntimeProvider provider = FakeRuntimeProvider.of(model(1 << 20));
        SchedulerHost other = new SchedulerHost(
                new HostConfig(BUDGET, 50, 0, Duration.ofSeconds(10)).withResidency(AT_ONCE),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(provider), DeviceSpec.cpu(1), telemetry));
        hosts.add(other);
        other.offer(FakeRuntimeProvider.source("a"), RuntimeOptions.DEFAULT, progress -> {
            throw damaged;
        });
        assertThat(await(other.submit(request("a", 5))))
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class,
                        failed -> assertThat(failed.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT));
        assertThat(provider.opened()).isEmpty();
    }

    /** Knows no sizes of what has this name, and fails at it. */
    private record Uncountable(String failing, RuntimeProvider provider) implements RuntimeProvider {
        @Override
        public String name() {
            return provider.name();
        }

        @Override
        public Availability probe(ModelSource source, DeviceSpec device) {
            return provider.probe(source, device);
        }

        @Override
        public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
            if (source.name().equals(failing)) {
                throw new ArithmeticException("integer overflow");
            }
            return provider.estimate(source, device, options);
        }

        @Override
        public ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
            return provider.open(source, device, options, progress);
        }
    }

    @Test
    void aModelWhoseSizesCannotBeCountedFailsAlone() {
        FakeRuntimeProvider provider = FakeRuntimeProvider.of(model(1 << 20));
        SchedulerHost other = new SchedulerHost(
                new HostConfig(BUDGET, 50, 0, Duration.ofSeconds(10)).withResidency(AT_ONCE),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(new Uncountable("bad", provider)), DeviceSpec.cpu(1), telemetry));
        hosts.add(other);
        assertThatThrownBy(() ->
                        other.load(FakeRuntimeProvider.source("bad"), RuntimeOptions.DEFAULT, LoadProgress.SILENT))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining("'bad' could not be loaded");
        assertThat(provider.opened()).isEmpty();
        other.load(FakeRuntimeProvider.source("good"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        assertThat(info(other, "good").state()).isEqualTo(ModelState.READY);
    }

    @Test
    void failsWhatWaitsForAModelThatIsTakenOutOfService() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = host(Map.of("a", model(LARGE).withGate(gate), "b", model(LARGE)));
        Generation running = host.submit(request("a", 5));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        Generation waiting = host.submit(request("b", 5));
        host.unload("b", PATIENCE);
        assertThat(await(waiting)).isInstanceOf(EngineEvent.Failed.class);
        gate.open();
        assertThat(tokens(readAll(running))).hasSize(5);
        assertThat(host.models()).hasSize(1);
    }
}
