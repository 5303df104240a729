package dev.foretoken.scheduler.tensor;

import static dev.foretoken.scheduler.tensor.TensorBench.assertFailed;
import static dev.foretoken.scheduler.tensor.TensorBench.failure;
import static dev.foretoken.scheduler.tensor.TensorBench.get;
import static dev.foretoken.scheduler.tensor.TensorBench.request;
import static dev.foretoken.scheduler.tensor.TensorBench.total;
import static dev.foretoken.scheduler.tensor.TensorBench.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class TensorIterationsTest {

    private static final Duration MILLI = Duration.ofMillis(1);
    private static final int ENDLESS = Integer.MAX_VALUE;

    private final FakeTensorRuntime graph = FakeTensorRuntime.plain();
    private TensorBench bench = new TensorBench(graph, TensorConfig.DEFAULT);

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    @Test
    void aLoopWhoseTimeIsOverEndsWithItsIteration() throws InterruptedException {
        graph.iterating(ENDLESS);
        CompletableFuture<TensorAnswer> late = bench.ask(within(MILLI.multipliedBy(2), 1));
        bench.awaitRun();
        bench.clock.advance(MILLI);
        bench.gate.release(1);
        bench.awaitRun();
        bench.clock.advance(MILLI);
        bench.gate.release(1);
        ForetokenException over = failure(late);
        assertThat(over.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
        assertThat(over).hasMessageContaining("after iteration 2");
        assertThat(graph.iterations()).isEqualTo(2);
    }

    @Test
    void aCallerThatIsInterruptedEndsItsLoop() throws InterruptedException {
        graph.iterating(ENDLESS);
        CompletableFuture<ForetokenException> ended = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                bench.loop.infer(request(new long[] {2}));
            } catch (ForetokenException e) {
                ended.complete(e);
            }
        });
        bench.awaitRun();
        caller.interrupt();
        bench.gate.open();
        assertThat(ended.join().code()).isEqualTo(ErrorCode.CANCELLED);
        graph.iterating(2);
        assertThat(total(bench.ask(request(new long[] {3})))).isEqualTo(3);
    }

    @Test
    void oneOfJoinedCallersLeavesAndTheOthersAreAnswered() throws InterruptedException {
        graph.iterating(3);
        CompletableFuture<TensorAnswer> first = bench.occupy();
        CompletableFuture<TensorAnswer> late = bench.queue(within(MILLI, 4, 4));
        CompletableFuture<TensorAnswer> patient = bench.queue(request(new long[] {5, 5}));
        bench.gate.release(3);
        assertThat(total(first)).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            bench.awaitRun(); // the last is the first iteration of those two
        }
        bench.clock.advance(MILLI);
        bench.gate.release(1);
        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        bench.awaitLive(1);
        bench.gate.open();
        assertThat(total(patient)).isEqualTo(10);
        assertThat(get(patient).timings().joined()).isEqualTo(2);
        assertThat(graph.runs()).hasSize(2);
    }

    @Test
    void joinedCallersWhoHaveAllLeftEndTheirLoopAndNoneIsRunAgain() throws InterruptedException {
        CompletableFuture<TensorAnswer> first = bench.occupy();
        CompletableFuture<TensorAnswer> one = bench.queue(within(MILLI, 4, 4));
        CompletableFuture<TensorAnswer> other = bench.queue(within(MILLI, 5, 5));
        graph.iterating(ENDLESS);
        bench.gate.release(1);
        bench.awaitRun();
        bench.clock.advance(MILLI);
        bench.gate.release(1);
        assertFailed(one, ErrorCode.DEADLINE_EXCEEDED);
        assertFailed(other, ErrorCode.DEADLINE_EXCEEDED);
        assertThat(total(first)).isEqualTo(1);
        assertThat(graph.runs()).hasSize(2);
    }

    @Test
    void stopEndsALoopWithItsIteration() throws InterruptedException {
        graph.iterating(ENDLESS);
        CompletableFuture<TensorAnswer> running = bench.occupy();
        bench.loop.stop();
        bench.gate.release(1);
        ForetokenException stopped = failure(running);
        assertThat(stopped.code()).isEqualTo(ErrorCode.DRAINING);
        assertThat(stopped).hasMessageContaining("this model was stopped after iteration 1");
        assertThat(bench.loop.awaitEnd(TensorBench.PATIENCE)).isTrue();
        assertThat(graph.iterations()).isEqualTo(1);
    }

    @Test
    void anotherLoopHasTheDeviceBetweenTwoIterations() throws InterruptedException {
        graph.iterating(3);
        CompletableFuture<TensorAnswer> running = bench.occupy();
        CompletableFuture<Integer> begunWhenGranted = new CompletableFuture<>();
        Thread neighbour = new Thread(() -> {
            bench.arbiter.acquire();
            begunWhenGranted.complete(graph.iterations());
            bench.clock.advance(MILLI.multipliedBy(7));
            bench.arbiter.release();
        });
        neighbour.start();
        TensorBench.awaitBlocked(neighbour);
        bench.clock.advance(MILLI.multipliedBy(2));
        bench.gate.release(1);
        assertThat(begunWhenGranted.join()).isEqualTo(1);
        bench.gate.open();
        assertThat(total(running)).isEqualTo(1);
        assertThat(get(running).timings().runNanos())
                .as("without the neighbour's turn")
                .isEqualTo(MILLI.multipliedBy(2).toNanos());
        neighbour.join();
    }

    @Test
    void whatALoopKeepsForItsAnswerIsBounded() throws InterruptedException {
        bench.close();
        bench = new TensorBench(graph.iterating(ENDLESS), TensorConfig.DEFAULT.withAnswerBytes(31));
        bench.gate.open();
        CompletableFuture<TensorAnswer> large = bench.ask(request(new long[] {1}));
        assertThat(failure(large))
                .hasMessageContaining("the loop's outputs and state take 32 bytes, at most 31 are kept")
                .extracting("code")
                .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
        assertThat(graph.iterations()).isEqualTo(4);
    }
}
