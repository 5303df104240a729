package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeAdapter;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Adapters come and go under running requests: names, numbers, memory, and what the prefix cache may share. */
class AdaptersTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path FINE = Path.of("fine");

    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final List<SchedulerHost> hosts = new ArrayList<>();
    private FakeRuntimeProvider provider = FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256));

    @AfterEach
    void closeHostsAndEveryAdapter() {
        hosts.forEach(SchedulerHost::close);
        assertThat(provider.opened())
                .allSatisfy(runtime -> assertThat(runtime.violations()).isEmpty());
    }

    private SchedulerHost serving(AdapterLimits limits) {
        SchedulerHost host = new SchedulerHost(
                new HostConfig(64L << 20, 50, 0, Duration.ofSeconds(10)),
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(provider), DeviceSpec.cpu(1), telemetry));
        hosts.add(host);
        host.load(FakeRuntimeProvider.source("demo"), RuntimeOptions.DEFAULT.withAdapters(limits), LoadProgress.SILENT);
        return host;
    }

    private SchedulerHost serving() {
        return serving(new AdapterLimits(3, 64, 1 << 20));
    }

    /** Two whole blocks of a prompt and some more. */
    private static GenerationRequest request(String adapter) {
        Prompt prompt = Prompt.of(IntStream.range(1, 41).toArray());
        GenerationRequest request = GenerationRequest.greedy("r", "demo", prompt, 8);
        return adapter.isEmpty()
                ? request
                : request.withOptions(ModelOptions.DEFAULT.withAdapter(Optional.of(adapter)));
    }

    private static List<EngineEvent> readAll(Generation generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            events.add(generation.next(PATIENCE).orElseThrow(() -> new AssertionError("no event in time")));
        }
        return events;
    }

    private static List<Integer> tokens(SchedulerHost host, String adapter) throws InterruptedException {
        return readAll(host.submit(request(adapter))).stream()
                .filter(event -> event instanceof EngineEvent.TokenGenerated)
                .map(event -> ((EngineEvent.TokenGenerated) event).tokenId())
                .toList();
    }

    private static int cached(SchedulerHost host, String adapter) throws InterruptedException {
        return ((EngineEvent.Started) readAll(host.submit(request(adapter))).getFirst()).cachedTokens();
    }

    private static void assertFails(Runnable call, ErrorCode code, String message) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e).hasMessageContaining(message);
        });
    }

    @Test
    void answersOfAnAdapterAreItsOwnAndTheBaseKeepsIts() throws InterruptedException {
        SchedulerHost host = serving();
        List<Integer> plain = tokens(host, "");
        host.loadAdapter("demo", "one", FINE);
        host.loadAdapter("demo", "two", FINE);
        List<Integer> one = tokens(host, "one");
        assertThat(one).isNotEqualTo(plain).isNotEqualTo(tokens(host, "two"));
        assertThat(tokens(host, "one")).isEqualTo(one);
        assertThat(tokens(host, "")).isEqualTo(plain);
    }

    @Test
    void sharesPrefixesWithinOneLoadOfAnAdapterOnly() throws InterruptedException {
        SchedulerHost host = serving();
        host.loadAdapter("demo", "one", FINE);
        assertThat(cached(host, "")).isZero();
        assertThat(cached(host, "one")).isZero();
        assertThat(cached(host, "one")).isEqualTo(32);
        host.unloadAdapter("demo", "one", PATIENCE);
        host.loadAdapter("demo", "one", FINE);
        assertThat(cached(host, "one")).isZero();
        assertThat(cached(host, "")).isEqualTo(32);
    }

    @Test
    void namesWhatIsLoadedWhereAnAdapterIsNot() {
        SchedulerHost host = serving();
        assertFails(() -> host.submit(request("one")), ErrorCode.MODEL_NOT_FOUND, "none is loaded");
        host.loadAdapter("demo", "two", FINE);
        assertFails(() -> host.submit(request("one")), ErrorCode.MODEL_NOT_FOUND, "loaded are 'demo:two'");
        assertFails(() -> host.unloadAdapter("demo", "one", PATIENCE), ErrorCode.MODEL_NOT_FOUND, "no adapter 'one'");
        assertFails(() -> host.loadAdapter("other", "one", FINE), ErrorCode.MODEL_NOT_FOUND, "'other'");
        assertThat(host.models().getFirst().adapters())
                .extracting(AdapterInfo::name)
                .containsExactly("two");
    }

    @Test
    void unloadingWaitsForRunningRequestsAndRefusesNewOnes() throws InterruptedException {
        StepGate gate = new StepGate();
        provider = FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256).withGate(gate));
        SchedulerHost host = serving();
        host.loadAdapter("demo", "one", FINE);
        Generation running = host.submit(request("one"));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        assertFails(
                () -> host.unloadAdapter("demo", "one", Duration.ofMillis(1)),
                ErrorCode.DEADLINE_EXCEEDED,
                "1 still run");
        assertFails(() -> host.submit(request("one")), ErrorCode.MODEL_NOT_FOUND, "none is loaded");
        assertThat(provider.opened().getFirst().adaptersOpen()).isEqualTo(1);
        gate.open();
        host.unloadAdapter("demo", "one", PATIENCE);
        assertThat(provider.opened().getFirst().adaptersOpen()).isZero();
        assertThat(readAll(running).getLast()).isInstanceOf(EngineEvent.Finished.class);
    }

    @Test
    void aFailedLoadLeavesNothing() {
        SchedulerHost host = serving(new AdapterLimits(1, 64, FakeAdapter.BYTES));
        long before = host.report().memoryUsedBytes();
        assertFails(
                () -> host.loadAdapter("demo", "one", Path.of("broken")),
                ErrorCode.MODEL_FILE_CORRUPT,
                "the adapter is broken");
        host.loadAdapter("demo", "one", FINE);
        assertThat(host.report().memoryUsedBytes() - before).isEqualTo(FakeAdapter.BYTES);
        assertFails(() -> host.loadAdapter("demo", "one", FINE), ErrorCode.INVALID_REQUEST, "is there already");
        assertFails(() -> host.loadAdapter("demo", "two", FINE), ErrorCode.INSUFFICIENT_MEMORY, "raise max-adapters");
        assertFails(() -> host.loadAdapter("demo", "a:b", FINE), ErrorCode.INVALID_REQUEST, "must be 1 to 128 letters");
        host.unloadAdapter("demo", "one", PATIENCE);
        assertThat(host.report().memoryUsedBytes()).isEqualTo(before);
        host.loadAdapter("demo", "two", FINE);
    }

    @Test
    void refusesMoreBytesThanAdaptersMayTakeTogether() {
        SchedulerHost host = serving(new AdapterLimits(2, 64, 2 * FakeAdapter.BYTES - 1));
        host.loadAdapter("demo", "one", FINE);
        assertFails(
                () -> host.loadAdapter("demo", "two", FINE),
                ErrorCode.INSUFFICIENT_MEMORY,
                "adapter-bytes) 999 are left");
        assertThat(provider.opened().getFirst().adaptersOpen()).isEqualTo(1);
    }

    @Test
    void takesNoneWithoutRoomForAny() {
        SchedulerHost host = serving(AdapterLimits.NONE);
        assertFails(() -> host.loadAdapter("demo", "one", FINE), ErrorCode.UNSUPPORTED_FEATURE, "max-adapters");
        assertFails(() -> host.submit(request("one")), ErrorCode.MODEL_NOT_FOUND, "none is loaded");
    }

    @Test
    void givesBackTheMemoryOfAdaptersWithTheModel() {
        SchedulerHost host = serving();
        host.loadAdapter("demo", "one", FINE);
        assertThat(telemetry.value("foretoken_adapters[demo]")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_adapter_bytes[demo]")).isEqualTo(FakeAdapter.BYTES);
        host.unload("demo", PATIENCE);
        assertThat(host.report().memoryUsedBytes()).isZero();
        assertThat(telemetry.gauges()).doesNotContain("foretoken_adapters[demo]");
    }

    @Test
    void countsRequestsByAdapter() throws InterruptedException {
        SchedulerHost host = serving();
        host.loadAdapter("demo", "one", FINE);
        tokens(host, "one");
        tokens(host, "one");
        tokens(host, "");
        assertThat(telemetry.value("foretoken_adapter_requests_total[demo, one]"))
                .isEqualTo(2);
    }

    @Test
    void namesTheAdaptersInUseForGatewaysThatRouteByThem() throws InterruptedException {
        StepGate gate = new StepGate();
        provider = FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256).withGate(gate));
        SchedulerHost host = serving(new AdapterLimits(2, 64, 1 << 20));
        host.loadAdapter("demo", "one", FINE);
        host.loadAdapter("demo", "two", FINE);
        assertThat(telemetry.descriptions()).containsExactly("vllm:lora_requests_info[2, , ]");
        Generation running = host.submit(request("two"));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        assertThat(telemetry.descriptions()).containsExactly("vllm:lora_requests_info[2, two, ]");
        gate.open();
        readAll(running);
        host.unload("demo", PATIENCE);
        assertThat(telemetry.descriptions()).isEmpty();
    }
}
