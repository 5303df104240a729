package dev.foretoken.e2e.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.ConstraintSpec;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.gateway.remote.EventLoops;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.pod.PodConfig;
import dev.foretoken.pod.PodServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine says arrives through a pod unchanged, and a pod that goes away is an error and not silence. */
@Timeout(300)
class RemoteEngineTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String CREDENTIAL = "a-pod-credential-of-some-length";
    private static final Usage USAGE =
            new Usage(3, 1, 2, new PrefillUsage(PrefillMode.PREDICTED, 2, 1), new Timings(10, 20, 30));

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    @Test
    void everyFieldOfARequestArrives() throws Exception {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        GenerationRequest request = new GenerationRequest(
                new RequestIdentity(
                        "r-1",
                        "tenant",
                        "salt",
                        TraceParent.parse("00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")),
                "m",
                Prompt.of(5, 6, 7),
                2,
                new SamplingParams(
                        0.5f,
                        3,
                        0.9f,
                        0.1f,
                        new Penalties(0.25f, 0.5f, 1.5f),
                        new LogitBias(TokenIds.of(1, 2), new float[] {-100f, 2f}),
                        -42L),
                new StopConditions(9, 2, TokenIds.of(0, 4)),
                new OutputOptions(5, 0, true),
                new ServiceLevel(
                        Priority.LOW, Optional.of(Duration.ofMillis(1500)), Optional.of(Duration.ofMillis(20))),
                new ModelOptions(
                        new PrefillOptions(PrefillMode.AUTO, new Repair.After(8)),
                        Optional.of(new ConstraintSpec(ConstraintSpec.Kind.REGEX, "a+")),
                        Optional.of("lora")),
                new Resumed(
                        List.of(new Resumed.Choice(TokenIds.of(4, 5), false), new Resumed.Choice(TokenIds.EMPTY, true)),
                        "numerics"));
        remote(engine).submit(request);
        GenerationRequest arrived = engine.nextSubmitted().request();
        assertThat(arrived.sampling().bias().values()).containsExactly(-100f, 2f);
        assertThat(arrived).usingRecursiveComparison().isEqualTo(request);
    }

    @Test
    void everyKindOfEventArrivesInOrder() throws Exception {
        TokenLogprobs detail = new TokenLogprobs(8, -0.5f, 1, new int[] {8, 9}, new float[] {-0.5f, -1f});
        List<EngineEvent> events = List.of(
                new EngineEvent.Started(0, 3, 1, PrefillMode.PREDICTED),
                new EngineEvent.PromptScored(0, List.of(detail, detail)),
                new EngineEvent.TokenGenerated(0, 8, 3, detail),
                new EngineEvent.Repaired(0, 4),
                new EngineEvent.TokenGenerated(0, 9, 4, null),
                new EngineEvent.Finished(0, FinishReason.LENGTH, USAGE));
        Generation generation =
                remote(FakeEngine.scripted("m", request -> events)).submit(request(1));
        assertThat(readAll(generation)).usingRecursiveComparison().isEqualTo(events);
    }

    /** A long prompt is encoded by the request's own thread, what it is answered comes by the connection's. */
    @Test
    void aConnectionIsMovedByTheThreadThatItWasGiven() throws Exception {
        EventLoopGroup given = new NioEventLoopGroup(2, new DefaultThreadFactory("given", true));
        open.add(() -> given.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync());
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        RemoteEngine remote = RemoteEngine.connect(
                RemoteConfig.of("127.0.0.1", pod(engine, Optional.empty()).port(), Optional.empty()),
                new EventLoops(given, NioSocketChannel::new));
        open.add(remote);
        assertThat(remote.awaitConnected(LONG)).isTrue();
        for (int tokens : new int[] {3, 100_000}) {
            Generation generation = remote.submit(GenerationRequest.greedy("r", "m", Prompt.of(new int[tokens]), 4));
            FakeGeneration arrived = engine.nextSubmitted();
            assertThat(arrived.request().prompt().size()).isEqualTo(tokens);
            CompletableFuture<String> bringer = new CompletableFuture<>();
            generation.whenArrived(() -> bringer.complete(Thread.currentThread().getName()));
            arrived.started(0, 0);
            assertThat(bringer.get(2, TimeUnit.MINUTES)).startsWith("given");
            generation.cancel();
        }
    }

    @Test
    void aRefusalKeepsItsCodeItsFieldAndItsRetryTime() throws Exception {
        ForetokenException full = new ForetokenException(ErrorCode.QUEUE_FULL, "256 requests wait")
                .withParam("model")
                .withRetryAfter(Duration.ofSeconds(3));
        RemoteEngine remote = remote(FakeEngine.scripted("m", request -> {
            throw full;
        }));
        assertThatThrownBy(() -> remote.submit(request(1))).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
            assertThat(e).hasMessage("256 requests wait");
            assertThat(e.param()).contains("model");
            assertThat(e.retryAfter()).contains(Duration.ofSeconds(3));
        });
    }

    @Test
    void cancellingOneChoiceLeavesTheOtherRunning() throws Exception {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        Generation generation = remote(engine).submit(request(2));
        FakeGeneration source = engine.nextSubmitted();
        generation.cancel(1);
        EngineEvent first = generation.next(LONG).orElseThrow();
        assertThat(first).isInstanceOfSatisfying(EngineEvent.Finished.class, e -> {
            assertThat(e.choice()).isEqualTo(1);
            assertThat(e.reason()).isEqualTo(FinishReason.CANCELLED);
        });
        source.push(new EngineEvent.Finished(0, FinishReason.LENGTH, USAGE));
        assertThat(generation.next(LONG)).isPresent();
        assertThat(generation.isDone()).isTrue();
    }

    @Test
    void aGatewayThatGoesAwayEndsItsRequests() throws Exception {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        RemoteEngine remote = remote(engine);
        remote.submit(request(1));
        FakeGeneration source = engine.nextSubmitted();
        remote.close();
        assertThat(source.awaitCancelled()).isTrue();
    }

    @Test
    void aLostPodFailsEveryRunningChoice() throws Exception {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of(new EngineEvent.Started(0, 3, 0)));
        PodServer pod = pod(engine, Optional.empty());
        RemoteEngine remote = connect(pod, Optional.empty());
        Generation generation = remote.submit(request(2));
        assertThat(generation.next(LONG)).contains(new EngineEvent.Started(0, 3, 0));
        pod.close();
        List<EngineEvent> rest = readAll(generation);
        assertThat(rest)
                .hasSize(2)
                .allSatisfy(
                        event -> assertThat(((EngineEvent.Failed) event).code()).isEqualTo(ErrorCode.REPLICA_LOST));
    }

    @Test
    void aPodThatIsNotThereIsUnavailable() {
        RemoteEngine remote = RemoteEngine.connect(RemoteConfig.of("127.0.0.1", 1, Optional.empty()));
        open.add(remote);
        assertThatThrownBy(() -> remote.submit(request(1)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
    }

    @Test
    void theWrongCredentialIsRefused() throws Exception {
        PodServer pod = pod(FakeEngine.scripted("m", request -> List.of()), Optional.of(CREDENTIAL));
        RemoteEngine stranger = connectUnchecked(pod, Optional.of(CREDENTIAL + "x"));
        assertThatThrownBy(() -> stranger.submit(request(1)))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("UNAUTHENTICATED");
        assertThat(connect(pod, Optional.of(CREDENTIAL)).models()).hasSize(1);
    }

    @Test
    void modelsAreMirroredWithTheirState() throws Exception {
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        assertThat(remote(engine).models()).isEqualTo(engine.models());
    }

    @Test
    void theScoresOfALongPromptAreMoreThanOneMessageMayHold() throws Exception {
        int[] ids = new int[20];
        float[] values = new float[20];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = 100_000 + i;
            values[i] = -1f - i;
        }
        List<TokenLogprobs> scores = Collections.nCopies(120_000, new TokenLogprobs(100_000, -0.5f, 1, ids, values));
        List<EngineEvent> events = List.of(
                new EngineEvent.Started(0, 3, 0),
                new EngineEvent.PromptScored(0, scores),
                new EngineEvent.Finished(0, FinishReason.LENGTH, USAGE));
        List<EngineEvent> arrived =
                readAll(remote(FakeEngine.scripted("m", request -> events)).submit(request(1)));
        assertThat(arrived).hasSize(3);
        assertThat(arrived.get(1)).isInstanceOfSatisfying(EngineEvent.PromptScored.class, scored -> {
            assertThat(scored.logprobs()).hasSize(scores.size());
            assertThat(scored.logprobs().getLast()).usingRecursiveComparison().isEqualTo(scores.getLast());
        });
    }

    @Test
    void aSlowReaderGetsEveryEventOfALongAnswer() throws Exception {
        int tokens = 5000;
        FakeEngine engine = FakeEngine.scripted("m", request -> List.of());
        Generation generation = remote(engine).submit(request(1));
        FakeGeneration source = engine.nextSubmitted();
        for (int i = 0; i < tokens; i++) {
            source.push(new EngineEvent.TokenGenerated(0, i, 3 + i, null));
        }
        source.push(new EngineEvent.Finished(0, FinishReason.LENGTH, USAGE));
        assertThat(readAll(generation)).hasSize(tokens + 1);
    }

    private RemoteEngine remote(FakeEngine engine) throws InterruptedException {
        return connect(pod(engine, Optional.empty()), Optional.empty());
    }

    private PodServer pod(FakeEngine engine, Optional<String> credential) {
        PodServer pod = PodServer.start(PodConfig.of("127.0.0.1", 0, credential), engine);
        open.add(pod);
        return pod;
    }

    private RemoteEngine connect(PodServer pod, Optional<String> credential) throws InterruptedException {
        RemoteEngine remote = connectUnchecked(pod, credential);
        assertThat(remote.awaitConnected(LONG)).isTrue();
        return remote;
    }

    private RemoteEngine connectUnchecked(PodServer pod, Optional<String> credential) {
        RemoteEngine remote = RemoteEngine.connect(RemoteConfig.of("127.0.0.1", pod.port(), credential));
        open.add(remote);
        return remote;
    }

    private static GenerationRequest request(int choices) {
        return GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 4).withChoices(choices);
    }

    private static List<EngineEvent> readAll(Generation generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            events.add(generation.next(LONG).orElseThrow());
        }
        return events;
    }
}
