package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.fake.FakeRuntimeProvider;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.fake.TokenScript;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SpeculationConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SchedulerHostTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long BUDGET = 64L << 20;

    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final List<SchedulerHost> hosts = new ArrayList<>();

    @AfterEach
    void closeHosts() {
        hosts.forEach(SchedulerHost::close);
    }

    private SchedulerHost host(FakeRuntimeProvider provider, SchedulerConfig scheduling) {
        HostConfig config = new HostConfig(BUDGET, 50, 0, PATIENCE);
        SchedulerHost host = new SchedulerHost(
                config, scheduling, HostEnvironment.ofProcess(List.of(provider), DeviceSpec.cpu(1), telemetry));
        hosts.add(host);
        return host;
    }

    private SchedulerHost serving(FakeModel model, SchedulerConfig scheduling) {
        SchedulerHost host = host(FakeRuntimeProvider.of(model), scheduling);
        load(host, "demo", "model");
        return host;
    }

    private static void load(SchedulerHost host, String name, String key) {
        host.load(FakeRuntimeProvider.source(name, key), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
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

    private static void assertRefused(SchedulerHost host, GenerationRequest request, ErrorCode code) {
        assertThatThrownBy(() -> host.submit(request))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static GenerationRequest request(int maxTokens) {
        return GenerationRequest.greedy("r", "demo", Prompt.of(5, 6, 7), maxTokens);
    }

    @Test
    void answersWithTheTokensOfTheModelAndOneLastEvent() throws InterruptedException {
        FakeModel model = FakeModel.ofContext(1000, 256);
        SchedulerHost host = serving(model, SchedulerConfig.DEFAULT);

        List<EngineEvent> events = readAll(host.submit(request(40)));

        assertThat(tokens(events)).isEqualTo(new FakeReference(model.shape()).tokens(request(40), 0));
        assertThat(events.getFirst()).isEqualTo(new EngineEvent.Started(0, 3, 0));
        assertThat(events.getLast()).isInstanceOfSatisfying(EngineEvent.Finished.class, last -> {
            assertThat(last.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(last.usage().completionTokens()).isEqualTo(40);
        });
    }

    @Test
    void refusesWhatNoModelServes() {
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256), SchedulerConfig.DEFAULT);
        assertRefused(host, GenerationRequest.greedy("r", "other", Prompt.of(1), 1), ErrorCode.MODEL_NOT_FOUND);
    }

    @Test
    void refusesWithAComputedRetryTimeWhenTheQueueIsFull() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerConfig scheduling = new SchedulerConfig(1, 64, 64, 2, true, 3);
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256).withGate(gate), scheduling);
        List<Generation> accepted = new ArrayList<>();
        accepted.add(host.submit(request(4)));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        accepted.add(host.submit(request(4)));
        accepted.add(host.submit(request(4)));

        assertThatThrownBy(() -> host.submit(request(4))).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(e.retryAfter()).isPresent();
        });

        gate.open();
        for (Generation generation : accepted) {
            assertThat(tokens(readAll(generation))).hasSize(4);
        }
    }

    @Test
    void aQueueThatOneTenantFillsTakesRequestsOfAnother() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerConfig scheduling = new SchedulerConfig(1, 64, 64, 2, true, 3);
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256).withGate(gate), scheduling);
        List<Generation> accepted = new ArrayList<>();
        accepted.add(host.submit(request(4)));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        accepted.add(host.submit(request(4)));
        accepted.add(host.submit(request(4)));
        assertRefused(host, request(4), ErrorCode.QUEUE_FULL);

        GenerationRequest quiet = request(4).withIdentity(new RequestIdentity("q", "quiet", ""));
        accepted.add(host.submit(quiet));
        assertRefused(host, quiet.withChoices(2), ErrorCode.QUEUE_FULL);
        assertRefused(host, request(4), ErrorCode.SHARE_FULL);
        GenerationRequest third = request(4).withIdentity(new RequestIdentity("t", "third", ""));
        assertThatThrownBy(() -> host.submit(third.withChoices(2)))
                .hasMessageContaining("3 sequences of all tenants wait already, at most 4 may");

        gate.open();
        for (Generation generation : accepted) {
            assertThat(tokens(readAll(generation))).hasSize(4);
        }
    }

    @Test
    void endsACancelledSequenceWithinOneStepAndFreesItsBlocks() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256).withGate(gate), SchedulerConfig.DEFAULT);
        Generation generation = host.submit(request(200));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        generation.cancel();
        gate.open();

        List<EngineEvent> events = readAll(generation);

        assertThat(tokens(events)).hasSizeLessThanOrEqualTo(1);
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        EngineEvent.Finished.class,
                        last -> assertThat(last.reason()).isEqualTo(FinishReason.CANCELLED));
        host.drain(PATIENCE);
        assertThat(host.report().models()).isEmpty();
    }

    @Test
    void failsOnlyTheRowsOfAFailingStepAndGoesOn() throws InterruptedException {
        FakeModel model = FakeModel.ofContext(1000, 256).withFailingSteps(Set.of(0));
        SchedulerHost host = serving(model, SchedulerConfig.DEFAULT);

        assertThat(readAll(host.submit(request(5))).getLast())
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class,
                        last -> assertThat(last.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
        assertThat(tokens(readAll(host.submit(request(5)))))
                .isEqualTo(new FakeReference(model.shape()).tokens(request(5), 0));
    }

    @Test
    void givesAVariantUpAfterStepsThatFailInARow() throws InterruptedException {
        FakeModel model = FakeModel.ofContext(1000, 256).withFailingSteps(Set.of(0, 1, 2));
        SchedulerHost host = serving(model, SchedulerConfig.DEFAULT);
        for (int i = 0; i < 3; i++) {
            readAll(host.submit(request(5)));
        }
        awaitState(host, ModelState.FAILED);
        assertRefused(host, request(5), ErrorCode.RUNTIME_FAILED);
    }

    private static void awaitState(SchedulerHost host, ModelState state) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (host.models().getFirst().state() != state && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertThat(host.models().getFirst().state()).isEqualTo(state);
    }

    @Test
    void drainLetsRunningSequencesFinishAndRefusesNewOnes() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256).withGate(gate), SchedulerConfig.DEFAULT);
        Generation generation = host.submit(request(3));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        Thread drain = Thread.startVirtualThread(() -> host.drain(PATIENCE));
        while (!host.report().draining()) {
            Thread.onSpinWait();
        }
        assertRefused(host, request(3), ErrorCode.DRAINING);
        gate.open();
        assertThat(tokens(readAll(generation))).hasSize(3);
        drain.join();
    }

    @Test
    void stopsWhatDoesNotFinishWithinTheGraceWithACode() throws InterruptedException {
        StepGate gate = new StepGate();
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256).withGate(gate), SchedulerConfig.DEFAULT);
        Generation generation = host.submit(request(100));
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
        Thread drain = Thread.startVirtualThread(() -> host.drain(Duration.ZERO));
        while (drain.getState()
                != Thread.State.TIMED_WAITING) { // without a grace it waits for a loop that was stopped alone
            Thread.onSpinWait();
        }
        gate.open();
        assertThat(readAll(generation).getLast())
                .isInstanceOfSatisfying(
                        EngineEvent.Failed.class, end -> assertThat(end.code()).isEqualTo(ErrorCode.DRAINING));
        drain.join();
        assertThat(host.report().memoryUsedBytes()).isZero();
    }

    @Test
    void servesTwoVariantsUnderOneBudgetAndGivesMemoryBack() throws InterruptedException {
        FakeModel first = FakeModel.ofContext(1000, 256);
        FakeModel second = FakeModel.ofContext(500, 128);
        FakeRuntimeProvider provider = new FakeRuntimeProvider(Map.of("a", first, "b", second));
        SchedulerHost host = host(provider, SchedulerConfig.DEFAULT);
        load(host, "one", "a");
        long withOne = host.report().memoryUsedBytes();
        load(host, "two", "b");

        for (String name : List.of("one", "two")) {
            GenerationRequest request = GenerationRequest.greedy("r", name, Prompt.of(9, 8, 7), 12);
            FakeModel model = name.equals("one") ? first : second;
            assertThat(tokens(readAll(host.submit(request))))
                    .isEqualTo(new FakeReference(model.shape()).tokens(request, 0));
        }

        host.unload("two", PATIENCE);
        assertThat(host.report().memoryUsedBytes()).isEqualTo(withOne);
        assertThat(provider.opened().get(1).isClosed()).isTrue();
        assertThat(host.models()).hasSize(1);
        assertThat(host.models().getFirst().heldAs().weights()).isEqualTo("F32");
    }

    @Test
    void keepsPayingForWeightsThatAnUnloadedVariantSharedWithAnother() {
        long shared = 1 << 20;
        FakeModel base = FakeModel.ofContext(1000, 256).withResidentBytes(shared);
        FakeRuntimeProvider provider =
                new FakeRuntimeProvider(Map.of("base", base, "recipe", base.withResidentBytes(0)));
        SchedulerHost host = host(provider, SchedulerConfig.DEFAULT);
        load(host, "recipe", "recipe");
        long alone = host.report().memoryUsedBytes();
        load(host, "base", "base");
        provider.opened().getFirst().inherit(shared);

        host.unload("base", PATIENCE);
        assertThat(host.report().memoryUsedBytes()).isEqualTo(alone + shared);
        host.unload("recipe", PATIENCE);
        assertThat(host.report().memoryUsedBytes()).isZero();
    }

    @Test
    void refusesAModelThatTheBudgetCannotHoldAndKeepsNothingOfIt() {
        FakeRuntimeProvider provider =
                FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256).withResidentBytes(BUDGET + 1));
        SchedulerHost host = host(provider, SchedulerConfig.DEFAULT);

        assertThatThrownBy(() -> load(host, "demo", "model"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY));

        assertThat(host.models()).isEmpty();
        assertThat(host.report().memoryUsedBytes()).isZero();
        assertThat(provider.opened()).as("refused before it is read").isEmpty();
    }

    @Test
    void saysWhyNoRuntimeOpensAModel() {
        SchedulerHost host = host(FakeRuntimeProvider.of(FakeModel.ofContext(10, 10)), SchedulerConfig.DEFAULT);
        ModelSource source = new ModelSource("x", URI.create("fake:absent"), "");
        assertThatThrownBy(() -> host.load(source, RuntimeOptions.DEFAULT, LoadProgress.SILENT))
                .hasMessageContaining("no runtime can open model x")
                .hasMessageContaining("fake: no fake model");
    }

    @Test
    void countsWhatWasDraftedAndWhatOfItWasRight() throws InterruptedException {
        FakeModel model = FakeModel.ofContext(1000, 256).withScript(TokenScript.repeating(7, 8, 9));
        SchedulerConfig drafting = SchedulerConfig.DEFAULT.withSpeculation(SpeculationConfig.ofTokens(4));
        readAll(serving(model, drafting).submit(request(60)));
        double proposed = telemetry.value("vllm:spec_decode_num_draft_tokens[demo, lookup]");
        assertThat(telemetry.value("vllm:spec_decode_num_accepted_tokens[demo, lookup]"))
                .isBetween(40.0, proposed);
        assertThat(telemetry.value("vllm:spec_decode_num_drafts[demo, lookup]")).isBetween(10.0, 20.0);
        assertThat(telemetry.value("vllm:generation_tokens_total[demo]")).isEqualTo(60);
    }

    @Test
    void namesTheNetworkThatDrafted() throws InterruptedException {
        SchedulerConfig drafting = SchedulerConfig.DEFAULT.withSpeculation(SpeculationConfig.ofTokens(4));
        FakeRuntimeProvider provider =
                FakeRuntimeProvider.of(FakeModel.ofContext(1000, 256).withDraftPart(0));
        SchedulerHost host = host(provider, drafting);
        RuntimeOptions options = RuntimeOptions.DEFAULT.withDraft(new DraftNetwork.Slice(0.5));
        host.load(FakeRuntimeProvider.source("demo"), options, LoadProgress.SILENT);
        readAll(host.submit(request(60)));
        assertThat(telemetry.value("vllm:spec_decode_num_accepted_tokens[demo, slice]"))
                .isGreaterThan(40)
                .isEqualTo(telemetry.value("vllm:spec_decode_num_draft_tokens[demo, slice]"));
    }

    @Test
    void countsUnderTheNamesThatGatewaysRead() throws InterruptedException {
        SchedulerHost host = serving(FakeModel.ofContext(1000, 256), SchedulerConfig.DEFAULT);
        readAll(host.submit(request(7)));
        assertThat(telemetry.value("vllm:prompt_tokens_total[demo]")).isEqualTo(3);
        assertThat(telemetry.value("vllm:generation_tokens_total[demo]")).isEqualTo(7);
        assertThat(telemetry.value("foretoken_sequences_ended_total[demo, length]"))
                .isEqualTo(1);
        assertThat(telemetry.observations("vllm:inter_token_latency_seconds[demo]"))
                .isEqualTo(6);
        assertThat(telemetry.observations("foretoken_step_rows[demo]")).isEqualTo(7);
        assertThat(telemetry.gauges())
                .anyMatch(name -> name.startsWith("vllm:cache_config_info[demo, 16, ") && name.endsWith(", f32]"));
        assertThat(telemetry.gauges()).contains("foretoken_kernel_info[demo, fake, 2, 0,3]");
        assertThat(telemetry.value("foretoken_expert_tokens_total[demo, 0, 0]")).isEqualTo(3 + 3);
        assertThat(telemetry.value("foretoken_expert_tokens_total[demo, 0, 1]")).isEqualTo(3);
        assertThat(telemetry.value("foretoken_expert_imbalance[demo, 0]")).isEqualTo(6 / 4.5);
        host.unload("demo", PATIENCE);
        assertThat(telemetry.gauges()).noneMatch(name -> name.contains("demo"));
    }

    @Test
    void countsCopiesOfStatesAndTakesTheirBytesFromTheBudget() throws InterruptedException {
        CacheSpec caches =
                new CacheSpec(List.of(new CacheKind.PagedKv(1, 32, 32), new CacheKind.RecurrentState(1, 4096)), 16, 32);
        Capabilities capabilities = FakeModel.ofContext(1000, 256).capabilities();
        SchedulerHost host = serving(FakeModel.of(1000, 256, caches, capabilities), SchedulerConfig.DEFAULT);
        Prompt prompt = Prompt.of(IntStream.range(0, 100).toArray());
        readAll(host.submit(GenerationRequest.greedy("first", "demo", prompt, 3)));
        readAll(host.submit(GenerationRequest.greedy("second", "demo", prompt, 3)));
        assertThat(telemetry.value("foretoken_prefix_lookups_total[demo, miss]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_prefix_lookups_total[demo, hit]")).isEqualTo(1);
        assertThat(telemetry.value("vllm:prefix_cache_hits[demo]")).isEqualTo(96);
        assertThat(telemetry.value("foretoken_state_checkpoint_events_total[demo, saved]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_state_checkpoint_events_total[demo, restored]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_state_checkpoints[demo]")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_state_checkpoint_bytes[demo]")).isEqualTo(4096);
        long slots = 64 * 4096L;
        long copies = 128 * 4096L;
        long blocks = 64 * 256 / 16 * 16 * 64L;
        assertThat(host.report().memoryUsedBytes()).isEqualTo((1 << 20) + slots + copies + blocks);
    }
}
