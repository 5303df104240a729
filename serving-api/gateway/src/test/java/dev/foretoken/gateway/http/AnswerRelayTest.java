package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerLimits;
import dev.foretoken.gateway.answer.AnswerPlanner;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RouteSources;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.text.Tokenizer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class AnswerRelayTest {

    private static final Tokenizer TOKENIZER = Models.byteLevelTokenizer();
    private static final int TOKENS = 40;
    private static final String TEXT = "a sentence of some forty tokens, so that there is something to lose or to swap";

    private final FakeEngine engine = new FakeEngine("m", TOKENIZER.vocabularySize());
    private final ServedModel model = Models.withText("m", TOKENIZER, engine);
    private final AtomicLong now = new AtomicLong();
    private final Answers answers = new Answers(
            new AnswerPlanner(AnswerLimits.DEFAULT, () -> 7L),
            RoutedCalls.of(new EngineRouter(RoutingConfig.DEFAULT, RouteSources.of(now::get))),
            now::get,
            new AnswerMetrics.Factory(Telemetry.NONE));
    private final PacketLog packets = new PacketLog();
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        readers.shutdownNow();
    }

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void movesTokensByTheThreadThatBringsThem() throws Exception {
        Started started = start("");
        started.generation().started(0, 0);
        for (int token : ids()) {
            packets.awaitIdle(started.reader());
            started.generation().token(0, token);
        }
        assertThat(packets.writers()).contains(Thread.currentThread());
        started.generation().finished(0, FinishReason.LENGTH);
        started.end().get();
        assertThat(packets.text()).isEqualTo("[" + joined() + "]");
        assertThat(packets.lastWriter()).isEqualTo(started.reader());
    }

    @Test
    void beginsByTheThreadThatBringsTheFirstEvent() throws Exception {
        Started started = start("");
        packets.awaitWaiting(started.reader());
        started.generation().started(0, 0);
        started.generation().token(0, ids()[0]);
        assertThat(packets.writers()).containsOnly(Thread.currentThread());
        started.generation().finished(0, FinishReason.LENGTH);
        started.end().get();
    }

    @Test
    void keepsTheOrderWhoeverMovesThem() throws Exception {
        for (int round = 0; round < 300; round++) {
            packets.clear();
            packets.refuseRoom(round % 3 == 0);
            Started started = start("");
            started.generation().started(0, 0);
            for (int token : ids()) {
                started.generation().token(0, token);
            }
            started.generation().finished(0, FinishReason.LENGTH);
            started.end().get();
            assertThat(packets.text()).isEqualTo("[" + joined() + "]");
        }
    }

    @Test
    void movesTokensByTheThreadOfAnEngineThatHasTakenOver() throws Exception {
        FakeEngine other = new FakeEngine("m", TOKENIZER.vocabularySize());
        ServedModel both = Models.withText(
                "m",
                TOKENIZER,
                EngineSet.of(List.of(new EngineEndpoint("one", engine), new EngineEndpoint("other", other))));
        Running running = start(both, "");
        FakeEngine lost = engine.submittedCount() > 0 ? engine : other;
        FakeGeneration before = lost.nextSubmitted();
        before.started(0, 0);
        before.token(0, ids()[0]);
        packets.awaitIdle(running.reader());
        before.push(new EngineEvent.Failed(0, ErrorCode.REPLICA_LOST, "killed"));
        FakeGeneration after = (lost == engine ? other : engine).nextSubmitted();
        Thread pusher = Thread.ofVirtual().start(() -> {
            after.started(0, 0);
            for (int token : IntStream.of(ids()).skip(1).toArray()) {
                packets.awaitIdle(running.reader());
                after.token(0, token);
            }
        });
        pusher.join();
        assertThat(packets.writers()).contains(pusher);
        after.finished(0, FinishReason.LENGTH);
        running.end().get();
        assertThat(packets.text()).isEqualTo("[" + joined() + "]");
    }

    @Test
    void leavesASlowReaderToTheRequestsThread() throws Exception {
        packets.refuseRoom(true);
        Started started = start("");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        started.generation().token(0, ids()[0]);
        started.generation().finished(0, FinishReason.LENGTH);
        started.end().get();
        assertThat(packets.writers()).containsOnly(started.reader());
    }

    @Test
    void readsAnEngineThatLendsNoThreads() throws Exception {
        engine.lendingNoThreads();
        Started started = start("");
        started.generation().started(0, 0);
        for (int token : ids()) {
            started.generation().token(0, token);
        }
        started.generation().finished(0, FinishReason.LENGTH);
        started.end().get();
        assertThat(packets.text()).isEqualTo("[" + joined() + "]");
        assertThat(packets.writers()).containsOnly(started.reader());
    }

    @Test
    void endsAtAStopStringThatAnotherThreadHasSeen() throws Exception {
        Started started = start("thing");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        for (int token : ids()) {
            started.generation().token(0, token);
        }
        started.end().get();
        assertThat(packets.text()).isEqualTo("[" + TEXT.substring(0, TEXT.indexOf("thing")) + "]");
    }

    @Test
    void failsOnTheRequestsThreadWithWhatTheEngineSays() throws Exception {
        Started started = start("");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        started.generation().push(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "device lost"));
        assertFailsWith(ErrorCode.RUNTIME_FAILED, started);
    }

    @Test
    void failsWhenTheTimeIsOverWhoeverSeesIt() throws Exception {
        Started started = start("");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        now.addAndGet(AnswerLimits.DEFAULT.maxTimeout().toNanos());
        started.generation().token(0, ids()[0]);
        assertFailsWith(ErrorCode.DEADLINE_EXCEEDED, started);
    }

    @Test
    void endsWhenTheClientLeavesWhileAnotherThreadWrites() throws Exception {
        Started started = start("");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        packets.leave();
        started.generation().token(0, ids()[0]);
        assertFailsWith(ErrorCode.CANCELLED, started);
    }

    @Test
    void hasTheAnswerToItselfOnceItWasInterrupted() throws Exception {
        Started started = start("");
        started.generation().started(0, 0);
        packets.awaitIdle(started.reader());
        started.reader().interrupt();
        assertThatThrownBy(() -> started.end().get()).hasCauseInstanceOf(InterruptedException.class);
        packets.clear();
        started.generation().token(0, ids()[0]);
        assertThat(packets.text()).isEmpty();
    }

    private static void assertFailsWith(ErrorCode code, Started started) {
        assertThatThrownBy(() -> started.end().get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static int[] ids() {
        return IntStream.of(TOKENIZER.encode(TEXT, false)).limit(TOKENS).toArray();
    }

    private static String joined() {
        return TOKENIZER.decode(ids(), true);
    }

    /** @param end of the relay, which {@code reader} runs */
    private record Started(FakeGeneration generation, Thread reader, Future<Void> end) {}

    private record Running(Thread reader, Future<Void> end) {}

    private Started start(String stop) throws InterruptedException {
        Running running = start(model, stop);
        return new Started(engine.nextSubmitted(), running.reader(), running.end());
    }

    private Running start(ServedModel model, String stop) throws InterruptedException {
        List<String> stops = stop.isEmpty() ? List.of() : List.of(stop);
        AnswerSpec spec = new AnswerSpec(
                new PromptInput.Text("Hi"),
                null,
                SamplingSpec.DEFAULT,
                new StopSpec((long) TOKENS, "max_tokens", null, null, stops, false, StopSpec.StopTokens.MODEL_ONLY),
                OutputSpec.TEXT_ONLY,
                ServiceSpec.DEFAULT);
        AnswerStream answer = answers.open(answers.plan(spec, model, "r-1", Tenant.of("")), answers.now());
        AnswerRelay relay = new AnswerRelay(answer, packets, (out, event) -> out.raw(shown(event)));
        Thread[] reader = new Thread[1];
        Callable<Void> run = () -> {
            synchronized (reader) {
                reader[0] = Thread.currentThread();
                reader.notifyAll();
            }
            relay.run();
            return null;
        };
        Future<Void> end = readers.submit(run);
        synchronized (reader) {
            while (reader[0] == null) {
                reader.wait();
            }
            return new Running(reader[0], end);
        }
    }

    private static String shown(AnswerEvent event) {
        return switch (event) {
            case AnswerEvent.Started started -> "[";
            case AnswerEvent.PromptScored scored -> "";
            case AnswerEvent.Token token -> token.text();
            case AnswerEvent.Ended ended -> ended.text() + "]";
        };
    }
}
