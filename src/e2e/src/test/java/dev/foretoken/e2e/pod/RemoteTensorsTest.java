package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeTensorProvider;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of graphs in a pod: the same tensors and the same errors as in the process itself. */
@Timeout(300)
class RemoteTensorsTest {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final StepGate gate = new StepGate();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();

    @AfterEach
    void close() throws Exception {
        gate.open();
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    private SchedulerHost host() {
        return host(1);
    }

    private SchedulerHost host(int iterations) {
        FakeTensorProvider graphs = new FakeTensorProvider(
                () -> FakeTensorRuntime.ragged(1 << 20).iterating(iterations).withGate(gate), true);
        SchedulerHost host = new SchedulerHost(
                HostConfig.DEFAULT,
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(graphs), DeviceSpec.cpu(1), telemetry));
        open.add(host);
        host.load(FakeTensorProvider.source("graph"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        return host;
    }

    private RemoteEngine remote(Engine engine) throws InterruptedException {
        PodServer pod = PodServer.start(PodConfig.loopback(0).withHeartbeat(Duration.ofMillis(5)), engine);
        open.add(pod);
        RemoteEngine remote = RemoteEngine.connect(RemoteConfig.of("127.0.0.1", pod.port(), Optional.empty()));
        open.add(remote);
        assertThat(remote.awaitConnected(LONG)).isTrue();
        return remote;
    }

    private static TensorRequest request(long... row) {
        return TensorRequest.of("graph", RequestIdentity.anonymous("r"), List.of(Tensors.rows("x", row)));
    }

    @Test
    void givesTheSameTensorsAsTheEngineInThePod() throws Exception {
        SchedulerHost host = host();
        RemoteEngine remote = remote(host);
        gate.open();
        Random random = new Random(9);
        for (int length : new int[] {1, 7, 1000, 500_000}) { // the last in several messages
            TensorRequest request = request(random.longs(length).toArray());
            TensorAnswer far = remote.infer(request);
            TensorAnswer near = host.infer(request);
            assertThat(far.outputs())
                    .extracting("name", "type", "shape")
                    .isEqualTo(near.outputs().stream()
                            .map(t -> Tuple.tuple(t.name(), t.type(), t.shape()))
                            .toList());
            for (int i = 0; i < near.outputs().size(); i++) {
                assertThat(Tensors.longs(far.outputs().get(i)))
                        .isEqualTo(Tensors.longs(near.outputs().get(i)));
            }
        }
        assertThat(remote.infer(request(1, 2).withOutputs(List.of("total"))).outputs())
                .hasSize(1);
    }

    @Test
    void tellsWhatTheModelTakesAndWhatItCanBeAskedFor() throws Exception {
        SchedulerHost host = host();
        RemoteEngine remote = remote(host);
        assertThat(remote.signature("graph")).isEqualTo(host.signature("graph"));
        ModelInfo info = remote.models().getFirst();
        assertThat(info.tasks()).containsExactlyInAnyOrder(ModelTask.TENSOR, ModelTask.EMBED);
        assertThat(info.contextTokens()).isEqualTo(1 << 20);
        assertThatThrownBy(() -> remote.signature("other"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND));
    }

    /** Counts what the pod is asked. */
    private record Counted(SchedulerHost host, AtomicInteger described) implements Engine, TensorEngine {
        @Override
        public Generation submit(GenerationRequest request) {
            return host.submit(request);
        }

        @Override
        public List<ModelInfo> models() {
            return host.models();
        }

        @Override
        public LoadReport report() {
            return host.report();
        }

        @Override
        public TensorSignature signature(String model) {
            described.incrementAndGet();
            return host.signature(model);
        }

        @Override
        public TensorAnswer infer(TensorRequest request) {
            return host.infer(request);
        }
    }

    @Test
    void asksThePodOnceForEachLoadOfAModelWhatItTakes() throws Exception {
        SchedulerHost host = host();
        Counted pod = new Counted(host, new AtomicInteger());
        RemoteEngine remote = remote(pod);
        for (int i = 0; i < 3; i++) {
            assertThat(remote.signature("graph")).isEqualTo(host.signature("graph"));
        }
        assertThat(pod.described()).hasValue(1);
        host.unload("graph", LONG);
        Eventually.holds("the pod is gone", () -> remote.models().isEmpty());
        host.load(FakeTensorProvider.source("graph"), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        Eventually.holds("the pod is back", () -> !remote.models().isEmpty());
        remote.signature("graph");
        assertThat(pod.described()).hasValue(2);
    }

    @Test
    void errorsKeepTheirCodeTextAndField() throws Exception {
        RemoteEngine remote = remote(host());
        gate.open();
        TensorRequest wrong = TensorRequest.of(
                "graph", RequestIdentity.anonymous("r"), List.of(Tensors.floats("x", List.of(1L, 1L), 1)));
        assertThatThrownBy(() -> remote.infer(wrong))
                .hasMessage("input 'x' is FP32, expected INT64")
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e.param()).contains("inputs");
                });
        assertThat(remote.infer(request(3)).outputs()).hasSize(2);
    }

    @Test
    void streamsGoOnAcrossCalls() throws Exception {
        RemoteEngine remote = remote(host());
        gate.open();
        remote.infer(request(5).withSession(new SessionUse(7, true, false)));
        TensorAnswer second = remote.infer(request(6).withSession(new SessionUse(7, false, true)));
        assertThat(Tensors.longs(second.outputs().getLast())).containsExactly(11);
    }

    @Test
    void aLongRunIsWaitedForWhileThePodSaysThatItIsAlive() throws Exception {
        SchedulerHost host = host();
        PodServer pod = PodServer.start(PodConfig.loopback(0).withHeartbeat(Duration.ofMillis(5)), host);
        open.add(pod);
        RemoteConfig impatient = new RemoteConfig(
                "127.0.0.1",
                pod.port(),
                Optional.empty(),
                Duration.ofSeconds(10),
                Duration.ofMillis(100),
                Duration.ofSeconds(5));
        RemoteEngine remote = RemoteEngine.connect(impatient);
        open.add(remote);
        CompletableFuture<TensorAnswer> answer = CompletableFuture.supplyAsync(() -> remote.infer(request(4)));
        assertThat(gate.awaitArrival(LONG)).isTrue();
        gate.open();
        assertThat(Tensors.longs(answer.join().outputs().getLast())).containsExactly(4);
    }

    @Test
    void aCallerThatLeavesIsNotWaitedForInThePod() throws Exception {
        SchedulerHost host = host();
        RemoteEngine remote = remote(host);
        CompletableFuture<TensorAnswer> running = CompletableFuture.supplyAsync(() -> remote.infer(request(1)));
        assertThat(gate.awaitArrival(LONG)).isTrue();
        CompletableFuture<ForetokenException> ended = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                remote.infer(request(2, 2));
            } catch (ForetokenException e) {
                ended.complete(e);
            }
        });
        Eventually.holds("a run waits", () -> host.report().models().getFirst().waiting() == 1);
        caller.interrupt();
        assertThat(ended.join().code()).isEqualTo(ErrorCode.CANCELLED);
        Eventually.holds(
                "one is cancelled", () -> telemetry.value("foretoken_tensor_requests_total[graph, cancelled]") == 1);
        gate.open();
        running.join();
        Eventually.holds("no run waits", () -> host.report().models().getFirst().waiting() == 0);
        assertThat(host.report().models().getFirst().counters().steps()).isEqualTo(1);
    }

    @Test
    void aCallerThatLeavesEndsItsLoopInThePod() throws Exception {
        SchedulerHost host = host(Integer.MAX_VALUE);
        RemoteEngine remote = remote(host);
        CompletableFuture<ForetokenException> ended = new CompletableFuture<>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                remote.infer(request(2, 2));
            } catch (ForetokenException e) {
                ended.complete(e);
            }
        });
        assertThat(gate.awaitArrival(LONG)).isTrue();
        caller.interrupt();
        assertThat(ended.join().code()).isEqualTo(ErrorCode.CANCELLED);
        gate.open();
        Eventually.holds(
                "one is cancelled", () -> telemetry.value("foretoken_tensor_requests_total[graph, cancelled]") == 1);
        Eventually.holds("nothing runs", () -> host.report().models().getFirst().running() == 0);
    }

    @Test
    void timeIsOverBetweenTheIterationsOfALoopInThePod() throws Exception {
        RemoteEngine remote = remote(host(Integer.MAX_VALUE));
        gate.open();
        TensorRequest request = request(2, 2).withService(ServiceLevel.DEFAULT.withTimeout(Duration.ofMillis(200)));
        assertThatThrownBy(() -> remote.infer(request))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    }

    @Test
    void aPodThatGoesAwayIsAnError() throws Exception {
        RemoteEngine remote = remote(host());
        CompletableFuture<TensorAnswer> running = CompletableFuture.supplyAsync(() -> remote.infer(request(1)));
        assertThat(gate.awaitArrival(LONG)).isTrue();
        open.remove(1).close();
        assertThatThrownBy(running::join)
                .cause()
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isIn(ErrorCode.REPLICA_UNAVAILABLE, ErrorCode.REPLICA_LOST));
    }

    @Test
    void anEngineWithoutGraphsSaysSo() throws Exception {
        RemoteEngine remote = remote(new FakeEngine("m", 10));
        assertThatThrownBy(() -> remote.infer(request(1)))
                .hasMessageContaining("runs no graphs of tensors")
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FEATURE));
    }
}
