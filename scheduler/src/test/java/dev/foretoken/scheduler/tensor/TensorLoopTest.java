package dev.foretoken.scheduler.tensor;

import static dev.foretoken.scheduler.tensor.TensorBench.assertFailed;
import static dev.foretoken.scheduler.tensor.TensorBench.doubled;
import static dev.foretoken.scheduler.tensor.TensorBench.failure;
import static dev.foretoken.scheduler.tensor.TensorBench.get;
import static dev.foretoken.scheduler.tensor.TensorBench.of;
import static dev.foretoken.scheduler.tensor.TensorBench.request;
import static dev.foretoken.scheduler.tensor.TensorBench.total;
import static dev.foretoken.scheduler.tensor.TensorBench.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.FakeTensorRuntime.Run;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.loop.LoopPhase;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TensorLoopTest {

    private static final TensorConfig PLAIN = TensorConfig.DEFAULT;
    private static final Duration MILLI = Duration.ofMillis(1);

    private final List<TensorBench> benches = new ArrayList<>();

    @AfterEach
    void close() throws InterruptedException {
        for (TensorBench bench : benches) {
            bench.close();
        }
    }

    private TensorBench bench(FakeTensorRuntime graph, TensorConfig config) {
        TensorBench bench = new TensorBench(graph, config);
        benches.add(bench);
        return bench;
    }

    private static TensorConfig rows(int rows) {
        return PLAIN.withBatch(TensorConfig.Batch.DEFAULT.withRows(rows));
    }

    @Test
    void joinsWhatWaitsInOneRunAndGivesEachItsOwnRows() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        CompletableFuture<TensorAnswer> first = bench.occupy();
        CompletableFuture<TensorAnswer> one = bench.queue(request(new long[] {1, 2}));
        CompletableFuture<TensorAnswer> two = bench.queue(request(new long[] {3, 4}, new long[] {5, 6}));
        CompletableFuture<TensorAnswer> other = bench.queue(request(new long[] {7, 8, 9}));
        bench.gate.open();

        assertThat(total(first)).isEqualTo(1);
        assertThat(doubled(one)).containsExactly(2, 4);
        assertThat(doubled(two)).containsExactly(6, 8, 10, 12);
        assertThat(get(two).outputs().getLast().shape()).containsExactly(2L);
        assertThat(doubled(other)).containsExactly(14, 16, 18);
        assertThat(bench.runtime.runs()).containsExactly(new Run(1, 1), new Run(3, 2), new Run(1, 3));
        assertThat(get(one).timings().joined()).isEqualTo(2);
    }

    @Test
    void padsAndTrimsWhatHasDifferentLengths() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.ragged(16), rows(3));
        bench.occupy();
        CompletableFuture<TensorAnswer> shorter = bench.queue(request(new long[] {1, 2, 3}));
        CompletableFuture<TensorAnswer> longer = bench.queue(request(new long[] {4, 5, 6, 7}));
        bench.gate.open();

        assertThat(doubled(shorter)).containsExactly(2, 4, 6);
        assertThat(get(shorter).outputs().getFirst().shape()).containsExactly(1L, 3L);
        assertThat(total(shorter)).isEqualTo(6);
        assertThat(doubled(longer)).containsExactly(8, 10, 12, 14);
        assertThat(total(longer)).isEqualTo(22);
        assertThat(bench.runtime.runs()).containsExactly(new Run(1, 1), new Run(2, 4));
    }

    @Test
    void passesALoneRequestOnWithoutACopy() {
        TensorBench bench = bench(FakeTensorRuntime.ragged(16), PLAIN);
        bench.gate.open();
        TensorRequest request = request(new long[] {1, 2, 3});
        assertThat(doubled(bench.ask(request))).containsExactly(2, 4, 6);
        assertThat(bench.runtime.inputs().getFirst()).isSameAs(request.inputs().getFirst());
    }

    @Test
    void answersOutliveTheNextRun() {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.gate.open();
        CompletableFuture<TensorAnswer> first = bench.ask(request(new long[] {1, 2, 3}));
        get(first);
        assertThat(doubled(bench.ask(request(new long[] {9, 9, 9})))).containsExactly(18, 18, 18);
        assertThat(doubled(first)).containsExactly(2, 4, 6);
    }

    @Test
    void givesOnlyTheOutputsThatWereAskedForInTheirOrder() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        CompletableFuture<TensorAnswer> total =
                bench.queue(request(new long[] {1, 2}).withOutputs(List.of("total")));
        CompletableFuture<TensorAnswer> both =
                bench.queue(request(new long[] {3, 4}).withOutputs(List.of("total", "doubled")));
        bench.gate.open();
        assertThat(get(total).outputs()).extracting("name").containsExactly("total");
        assertThat(get(both).outputs()).extracting("name").containsExactly("total", "doubled");
        assertThat(bench.runtime.runs()).contains(new Run(2, 2));
    }

    @Test
    void oneBadRequestFailsAlone() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        CompletableFuture<TensorAnswer> good = bench.queue(request(new long[] {1, 2}));
        CompletableFuture<TensorAnswer> refused = bench.queue(request(new long[] {FakeTensorRuntime.REFUSED, 0}));
        CompletableFuture<TensorAnswer> broken = bench.queue(request(new long[] {FakeTensorRuntime.BROKEN, 0}));
        CompletableFuture<TensorAnswer> alsoGood = bench.queue(request(new long[] {3, 4}));
        bench.gate.open();
        assertThat(total(good)).isEqualTo(3);
        assertFailed(refused, ErrorCode.INVALID_REQUEST);
        assertFailed(broken, ErrorCode.RUNTIME_FAILED);
        assertThat(total(alsoGood)).isEqualTo(7);
        assertThat(total(bench.ask(request(new long[] {5, 6})))).isEqualTo(11);
    }

    @Test
    void joinsNothingMoreOfAGraphThatFailsOnlyWhenJoined() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain().failingJoined(), rows(2));
        bench.occupy();
        List<CompletableFuture<TensorAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(bench.queue(request(new long[] {i, i})));
        }
        bench.gate.open();
        for (int i = 0; i < 10; i++) {
            assertThat(total(answers.get(i))).isEqualTo(2 * i);
        }
        assertThat(bench.runtime.runs().stream().filter(run -> run.rows() > 1)).hasSize(3);
    }

    @Test
    void aRequestWhoseTimeIsOverIsNeverRun() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        CompletableFuture<TensorAnswer> late = bench.queue(within(MILLI, 7, 7));
        CompletableFuture<TensorAnswer> patient = bench.queue(within(MILLI.multipliedBy(3), 8, 8));
        bench.clock.advance(MILLI.multipliedBy(2));
        assertFailed(late, ErrorCode.DEADLINE_EXCEEDED);
        bench.gate.open();
        assertThat(total(patient)).isEqualTo(16);
        assertThat(bench.runtime.runs()).containsExactly(new Run(1, 1), new Run(1, 2));
    }

    @Test
    void aRunThatHasBegunIsAnsweredWhateverTheTime() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        CompletableFuture<TensorAnswer> begun = bench.ask(within(MILLI, 4, 5));
        bench.awaitRun();
        bench.clock.advance(Duration.ofHours(1));
        bench.gate.open();
        assertThat(total(begun)).isEqualTo(9);
    }

    @Test
    void aCallerThatIsInterruptedLeavesTheQueue() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        CompletableFuture<ForetokenException> ended = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                bench.loop.infer(request(new long[] {2, 2}));
            } catch (ForetokenException e) {
                ended.complete(e);
            }
        });
        bench.awaitWaiting(1);
        caller.interrupt();
        assertThat(ended.join().code()).isEqualTo(ErrorCode.CANCELLED);
        bench.gate.open();
        bench.awaitWaiting(0);
        assertThat(total(bench.ask(request(new long[] {3, 3, 3})))).isEqualTo(9);
        assertThat(bench.runtime.runs()).containsExactly(new Run(1, 1), new Run(1, 3));
    }

    @Test
    void refusesWhatTheQueueCannotHoldWithAMeasuredTime() throws InterruptedException {
        FakeTensorRuntime graph = FakeTensorRuntime.ragged(16);
        TensorBench bench = bench(graph, PLAIN.withQueue(2));
        graph.onRun(run -> bench.clock.advance(MILLI.multipliedBy(run.tokens())));
        CompletableFuture<TensorAnswer> first = bench.occupy();
        bench.gate.release(1);
        get(first);
        bench.occupy();
        bench.queue(request(new long[] {1, 2, 3, 4}));
        bench.queue(request(new long[] {1, 2, 3, 4}));
        assertThatThrownBy(() -> bench.loop.infer(request(new long[] {1})))
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL);
                    // Two wait with four tokens each, at a millisecond for a token.
                    assertThat(e.retryAfter())
                            .hasValueSatisfying(
                                    time -> assertThat(time).isBetween(Duration.ofMillis(8), Duration.ofMillis(10)));
                });
    }

    @Test
    void aQueueThatOneTenantFillsTakesRequestsOfAnother() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN.withQueue(2));
        bench.occupy();
        bench.queue(of("loud", Priority.NORMAL, 1));
        bench.queue(of("loud", Priority.NORMAL, 2));
        assertThatThrownBy(() -> bench.loop.infer(of("loud", Priority.NORMAL, 3)))
                .hasMessageContaining("2 requests of this tenant wait already");
        CompletableFuture<TensorAnswer> quiet = bench.queue(of("quiet", Priority.NORMAL, 4));
        assertFailed(bench.ask(of("loud", Priority.NORMAL, 3)), ErrorCode.SHARE_FULL);
        bench.queue(of("third", Priority.NORMAL, 5));
        assertThatThrownBy(() -> bench.loop.infer(of("fourth", Priority.NORMAL, 6)))
                .hasMessageContaining("4 requests of all tenants wait already, at most 4 may");
        bench.gate.open();
        assertThat(doubled(quiet)).containsExactly(8);
    }

    @Test
    void aTenantsInputsLeaveRoomForThoseOfAnother() throws InterruptedException {
        TensorConfig bytes = new TensorConfig(64, 1 << 20, 100, 128, PLAIN.batch(), PLAIN.sessions());
        TensorBench bench = bench(FakeTensorRuntime.plain(), bytes);
        bench.occupy();
        bench.queue(of("loud", Priority.NORMAL, 1, 2, 3, 4));
        bench.queue(of("loud", Priority.NORMAL, 1, 2, 3, 4));
        assertThatThrownBy(() -> bench.loop.infer(of("loud", Priority.NORMAL, 1, 2, 3, 4)))
                .hasMessageContaining("64 bytes of this tenant wait already, at most 64 may");
        CompletableFuture<TensorAnswer> quiet = bench.queue(of("quiet", Priority.NORMAL, 4));
        bench.awaitWaiting(3);
        bench.gate.open();
        assertThat(doubled(quiet)).containsExactly(8);
    }

    @Test
    void urgentRequestsGoFirstAndNobodyUrgentWaitsForABatch() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        bench.queue(of("a", Priority.BATCH, 1, 1));
        bench.queue(of("a", Priority.NORMAL, 2, 2));
        bench.queue(of("a", Priority.BATCH, 3, 3));
        CompletableFuture<TensorAnswer> urgent = bench.queue(of("a", Priority.HIGH, 4, 4));
        bench.gate.release(2);
        assertThat(total(urgent)).isEqualTo(8);
        bench.gate.open();
        bench.awaitWaiting(0);
        assertThat(bench.runtime.inputs().get(1).data().get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
                .isEqualTo(4);
    }

    @Test
    void aTenantWithManyRequestsDoesNotKeepAnotherWaiting() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), rows(1));
        bench.occupy();
        for (int i = 0; i < 20; i++) {
            bench.queue(of("many", Priority.NORMAL, 1, 1));
        }
        CompletableFuture<TensorAnswer> other = bench.queue(of("few", Priority.NORMAL, 2, 2));
        bench.gate.release(1 + 2);
        assertThat(total(other)).isEqualTo(4);
    }

    @Test
    void waitsForOthersNoLongerThanItWasTold() throws InterruptedException {
        TensorConfig config =
                PLAIN.withBatch(TensorConfig.Batch.DEFAULT.withRows(3).withDelay(Duration.ofMillis(20)));
        TensorBench bench = bench(FakeTensorRuntime.plain(), config);
        bench.gate.open();
        CompletableFuture<TensorAnswer> one = bench.queue(request(new long[] {1, 1}));
        CompletableFuture<TensorAnswer> two = bench.queue(request(new long[] {2, 2}));
        assertThat(bench.runtime.runs()).isEmpty();
        CompletableFuture<TensorAnswer> three = bench.ask(request(new long[] {3, 3}));
        assertThat(total(one) + total(two) + total(three)).isEqualTo(12);
        assertThat(bench.runtime.runs()).containsExactly(new Run(3, 2));

        CompletableFuture<TensorAnswer> alone = bench.queue(request(new long[] {4, 4}));
        bench.clock.advance(Duration.ofMillis(20));
        assertThat(total(alone)).isEqualTo(8);
    }

    @Test
    void drainAnswersWhatWaitsAndRefusesWhatComes() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        bench.occupy();
        CompletableFuture<TensorAnswer> waiting = bench.queue(request(new long[] {1, 2}));
        bench.loop.drain();
        assertFailed(bench.ask(request(new long[] {3})), ErrorCode.DRAINING);
        bench.gate.open();
        assertThat(total(waiting)).isEqualTo(3);
        assertThat(bench.loop.awaitEnd(TensorBench.PATIENCE)).isTrue();
        assertThat(bench.loop.phase()).isEqualTo(LoopPhase.ENDED);
        assertFailed(bench.ask(request(new long[] {3})), ErrorCode.DRAINING);
    }

    @Test
    void stopFailsWhatWaits() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.plain(), PLAIN);
        CompletableFuture<TensorAnswer> running = bench.occupy();
        CompletableFuture<TensorAnswer> waiting = bench.queue(request(new long[] {1, 2}));
        bench.loop.stop();
        bench.gate.open();
        assertFailed(waiting, ErrorCode.DRAINING);
        assertThat(total(running)).isEqualTo(1);
    }

    @Test
    void manyCallersWithManyLengthsGetEachTheirOwn() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.ragged(64), rows(8));
        bench.gate.open();
        Random random = new Random(5);
        List<long[]> rows = new ArrayList<>();
        List<CompletableFuture<TensorAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            long[] row = random.longs(1 + random.nextInt(40), 0, 1000).toArray();
            rows.add(row);
            answers.add(bench.ask(of("t" + i % 3, Priority.values()[i % 4], row)));
        }
        for (int i = 0; i < rows.size(); i++) {
            long[] expected = rows.get(i).clone();
            for (int k = 0; k < expected.length; k++) {
                expected[k] *= 2;
            }
            assertThat(doubled(answers.get(i))).containsExactly(expected);
        }
        assertThat(bench.runtime.runs()).allMatch(run -> run.rows() <= 8);
    }

    @Test
    void namesWhatIsWrongBeforeItIsQueued() throws InterruptedException {
        TensorBench bench = bench(FakeTensorRuntime.ragged(4), PLAIN);
        assertThat(failure(bench.ask(request(new long[] {1, 2, 3, 4, 5}))).code())
                .isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(bench.runtime.runs()).isEmpty();
    }
}
