package dev.foretoken.scheduler;

import static dev.foretoken.scheduler.SchedulerBench.distinct;
import static dev.foretoken.scheduler.SchedulerBench.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeReference;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Prompts of models with recurrent states that go on from what others left. */
class StateCachingTest {

    private static final int BLOCK = 16;
    private static final CacheKind PAGED = new CacheKind.PagedKv(1, 8, 8);
    private static final CacheKind STATE = new CacheKind.RecurrentState(1, 64);
    private static final FakeModel HYBRID = model(32, PAGED, STATE);
    private static final SchedulerConfig CONFIG =
            new SchedulerConfig(8, 64, 32, 100, true, 3).withPrefixes(new PrefixCacheConfig(true, 0, 0, 1));

    private static FakeModel model(int alignment, CacheKind... kinds) {
        return FakeModel.of(
                100,
                256,
                new CacheSpec(List.of(kinds), BLOCK, alignment),
                new Capabilities(EnumSet.allOf(Feature.class), 256, 4096, 1));
    }

    private static SchedulerBench bench(FakeModel model) {
        return new SchedulerBench(model, CONFIG, 64);
    }

    private static SchedulerBench bench(FakeModel model, int blocks, int slots, int checkpoints) {
        return new SchedulerBench(model, CONFIG, new CacheReservation(List.of(List.of(blocks, slots)), checkpoints));
    }

    /** {@code common} tokens that all share, then some of its own. */
    private static GenerationRequest after(String id, int common, int own) {
        int[] start = request(id, common, 1).prompt().tokens().toArray();
        int[] end = distinct(id, own, 1).prompt().tokens().toArray();
        return GenerationRequest.greedy(
                id,
                "m",
                Prompt.of(
                        IntStream.concat(IntStream.of(start), IntStream.of(end)).toArray()),
                4);
    }

    private static EventRecord ask(SchedulerBench bench, GenerationRequest request) {
        EventRecord record = bench.submit(request);
        bench.runToEnd();
        record.check(new FakeReference(bench.runtime.shape()));
        return record;
    }

    /** Prompt tokens that the request did not compute. */
    private static int cached(EventRecord record) {
        return ((EngineEvent.Started) record.of(0).getFirst()).cachedTokens();
    }

    @Test
    void anEqualPromptGoesOnFromTheLastAlignedPositionBeforeItsEnd() {
        for (FakeModel model :
                List.of(HYBRID, model(32, STATE), model(1, STATE, new CacheKind.WindowedKv(1, 8, 8, 20)))) {
            SchedulerBench bench = bench(model);
            assertThat(cached(ask(bench, request("first", 100, 4)))).isZero();
            assertThat(cached(ask(bench, request("second", 100, 4)))).isEqualTo(96);
            assertThat(cached(ask(bench, request("longer", 130, 4)))).isEqualTo(96);
            assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.HIT);
        }
    }

    @Test
    void aSpanEndsWhereTheStateIsCopiedAndTheRestFollows() {
        SchedulerBench bench = bench(HYBRID);
        bench.submit(request("r", 200, 1));
        List<Integer> spans = new ArrayList<>();
        while (!bench.scheduler.isIdle()) {
            bench.step().forEach(row -> spans.add(row.count()));
        }
        assertThat(spans).containsExactly(64, 64, 64, 8);
        assertThat(bench.observer.count(CheckpointEvent.SAVED)).isEqualTo(1);
    }

    @Test
    void theSecondPromptShowsWhereASystemPromptEndsAndTheThirdGoesOnFromThere() {
        for (FakeModel model : List.of(HYBRID, model(32, STATE))) {
            SchedulerBench bench = bench(model);
            ask(bench, after("first", 70, 60));
            assertThat(cached(ask(bench, after("second", 70, 60)))).isZero();
            assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.NO_CHECKPOINT);
            assertThat(cached(ask(bench, after("third", 70, 60)))).isEqualTo(64);
        }
    }

    @Test
    void statesAreAlsoKeptEverySoManyTokens() {
        SchedulerBench bench =
                new SchedulerBench(HYBRID, CONFIG.withPrefixes(new PrefixCacheConfig(true, 0, 50, 1)), 64);
        ask(bench, after("first", 200, 5));
        assertThat(bench.observer.count(CheckpointEvent.SAVED))
                .as("at 64, 128, 192")
                .isEqualTo(3);
        assertThat(cached(ask(bench, after("second", 140, 60)))).isEqualTo(128);
    }

    @Test
    void thePromptOfSeveralChoicesIsComputedOnceEvenWithoutThePrefixCache() {
        for (boolean cache : new boolean[] {true, false}) {
            SchedulerBench bench =
                    new SchedulerBench(HYBRID, CONFIG.withPrefixes(new PrefixCacheConfig(cache, 0, 0, 1)), 64);
            ask(
                    bench,
                    request("r", 100, 5)
                            .withChoices(4)
                            .withSampling(request("r", 1, 1).sampling().withTemperature(1f)));
            assertThat(bench.observer.promptTokensComputed).isEqualTo(100 + 3 * 4);
            assertThat(bench.observer.count(CheckpointEvent.RESTORED)).isEqualTo(3);
        }
    }

    @Test
    void anAnswerIsFoundAgainOnlyWhereItsStateIsThatOfAPrompt() {
        for (boolean uniform : new boolean[] {false, true}) {
            SchedulerBench bench = new SchedulerBench(
                    model(1, PAGED, new CacheKind.RecurrentState(1, 64, uniform)),
                    CONFIG.withPrefixes(new PrefixCacheConfig(true, 0, BLOCK, 1)),
                    64);
            EventRecord first = ask(bench, request("first", 20, 60));
            int[] turn = IntStream.concat(
                            IntStream.of(first.request.prompt().tokens().toArray()),
                            first.tokens(0).stream().mapToInt(Integer::intValue))
                    .toArray();
            EventRecord second = ask(bench, GenerationRequest.greedy("second", "m", Prompt.of(turn), 4));
            assertThat(cached(second)).isEqualTo(uniform ? 64 : 16);
        }
    }

    @Test
    void aMissSaysWhy() {
        SchedulerBench bench = bench(HYBRID, 20, 8, 1);
        ask(bench, request("short", 20, 4));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.TOO_SHORT);
        ask(bench, request("new", 100, 4));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.MISS);
        ask(bench, request("scored", 100, 4).withOutput(new OutputOptions(-1, 1, false)));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.PROMPT_SCORED);
        ask(bench, distinct("another", 40, 4));
        ask(bench, request("old", 100, 4));
        assertThat(bench.observer.lastOutcome)
                .as("its one checkpoint is the other's")
                .isEqualTo(PrefixOutcome.EVICTED);
        assertThat(bench.observer.count(CheckpointEvent.EVICTED)).isEqualTo(2);
        ask(bench, distinct("vast", 230, 4).withOutput(new OutputOptions(-1, -1, false)));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.MISS);
        for (int i = 0; i < 20; i++) {
            bench.scheduler.pools().get(0).pool().allocate();
        }
        for (int i = 0; i < 20; i++) {
            bench.scheduler.pools().get(0).pool().release(i);
        }
        ask(bench, distinct("vast", 230, 4));
        assertThat(bench.observer.lastOutcome).isEqualTo(PrefixOutcome.NO_BLOCKS);
    }

    @Test
    void aPreemptedSequenceGivesUpItsSlotAndGoesOnFromItsCheckpoint() {
        SchedulerBench tight = bench(HYBRID, 16, 6, 6);
        for (int i = 0; i < 6; i++) {
            tight.submit(distinct("r" + i, 40, 60));
        }
        tight.runToEnd();
        assertThat(tight.observer.preemptions).isPositive();
        assertThat(tight.observer.count(CheckpointEvent.RESTORED)).isPositive();
        tight.records.forEach(record -> record.check(new FakeReference(HYBRID.shape())));
    }

    @Test
    void aStepThatFailedLeavesNothingToGoOnFrom() {
        SchedulerBench bench = bench(HYBRID.withFailingSteps(Set.of(0)));
        bench.submit(request("failing", 40, 4));
        bench.runToEnd();
        assertThat(bench.observer.count(CheckpointEvent.SAVED)).isZero();
        assertThat(cached(ask(bench, request("again", 40, 4)))).isZero();
        assertThat(cached(ask(bench, request("third", 40, 4)))).isEqualTo(32);
    }

    @Test
    void nothingIsRestoredAfterCommandsWereLost() {
        SchedulerBench bench = bench(HYBRID);
        ask(bench, request("first", 100, 4));
        bench.scheduler.forgetCheckpoints();
        assertThat(cached(ask(bench, request("second", 100, 4)))).isZero();
        assertThat(bench.scheduler.pools().checkpoints().held()).isEqualTo(1);
        assertThat(bench.runtime.checkpoints()).hasSize(1);
    }

    @Test
    void aCopyInUseIsNeverGivenUpAndSomebodyGoesWithoutOne() {
        SchedulerBench bench = bench(HYBRID, 64, 8, 1);
        bench.submit(distinct("first", 40, 4).withChoices(2));
        bench.submit(distinct("second", 40, 4).withChoices(2));
        bench.runToEnd();
        assertThat(bench.observer.count(CheckpointEvent.SKIPPED)).isPositive();
        bench.records.forEach(record -> record.check(new FakeReference(HYBRID.shape())));
    }
}
