package dev.foretoken.scheduler.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.RequestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class BatchChoiceTest {

    private static final JoinRules RULES = JoinRules.of(FakeTensorRuntime.raggedSignature(0));
    private static final TensorCheck CHECK =
            new TensorCheck(FakeTensorRuntime.raggedSignature(0), RULES, TensorConfig.DEFAULT);
    private static final TensorConfig.Batch LIMITS = new TensorConfig.Batch(32, 1 << 20, 1 << 30, 0.2, Duration.ZERO);

    private static TensorCall call(int length) {
        TensorRequest request =
                TensorRequest.of("graph", RequestIdentity.anonymous("r"), List.of(Tensors.rows("x", new long[length])));
        return new TensorCall(request, CHECK.check(request), 0, () -> {});
    }

    private static List<TensorCall> calls(int... lengths) {
        List<TensorCall> calls = new ArrayList<>();
        for (int length : lengths) {
            calls.add(call(length));
        }
        return calls;
    }

    private static List<Long> chosen(TensorConfig.Batch limits, RunCost cost, int... lengths) {
        return new BatchChoice(RULES, limits, cost, false)
                .choose(calls(lengths)).stream().map(call -> call.work.length()).toList();
    }

    /** Runs of two sizes that cost so many tokens besides their own. */
    private static RunCost costing(double fixedTokens) {
        RunCost cost = new RunCost();
        cost.add(100, 100 + fixedTokens);
        cost.add(1000, 1000 + fixedTokens);
        assertThat(cost.fixedTokens()).isBetween(fixedTokens - 1e-6, fixedTokens + 1e-6);
        return cost;
    }

    @Test
    void joinsOnlyWhatIsAboutAsLongAsTheFirst() {
        assertThat(chosen(LIMITS, costing(10), 100, 10, 99, 11, 97, 10, 100)).containsExactly(97L, 99L, 100L, 100L);
        assertThat(chosen(LIMITS, costing(10), 10, 100, 99, 11, 97, 10))
                .contains(10L)
                .doesNotContain(97L);
    }

    @Test
    void padsMoreWhereAFurtherRunCostsMore() {
        assertThat(chosen(LIMITS, costing(0), 100, 85)).containsExactly(100L);
        assertThat(chosen(LIMITS, costing(50), 100, 85)).containsExactly(85L, 100L);
    }

    @Test
    void aRuntimeThatCutsPaddingGetsAsMuchOfItAsTheLimitsAllow() {
        BatchChoice choice = new BatchChoice(RULES, LIMITS, costing(0), true);
        assertThat(choice.choose(calls(100, 85))).hasSize(2);
        assertThat(choice.choose(calls(100, 50))).hasSize(1);
    }

    @Test
    void neverPadsBeyondTheShareHoweverDearARunIs() {
        assertThat(chosen(LIMITS, costing(10_000), 100, 50)).containsExactly(100L);
        assertThat(chosen(LIMITS, costing(10_000), 100, 61)).containsExactly(61L, 100L);
    }

    @Test
    void keepsWithinRowsAndTokens() {
        int[] equal = new int[100];
        Arrays.fill(equal, 8);
        assertThat(chosen(LIMITS, costing(1000), equal)).hasSize(32);
        TensorConfig.Batch few = new TensorConfig.Batch(32, 40, 1 << 30, 0.2, Duration.ZERO);
        assertThat(chosen(few, costing(1000), equal)).hasSize(5);
        TensorConfig.Batch small = new TensorConfig.Batch(32, 1 << 20, 3 * 8 * Long.BYTES, 0.2, Duration.ZERO);
        assertThat(chosen(small, costing(1000), equal)).hasSize(3);
        assertThat(chosen(few, costing(0), 1000))
                .as("one that is larger runs alone")
                .containsExactly(1000L);
    }

    @Test
    void theFirstIsAlwaysAmongThoseThatRun() {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            List<TensorCall> calls =
                    calls(random.ints(1 + random.nextInt(100), 1, 200).toArray());
            List<TensorCall> chosen = new BatchChoice(RULES, LIMITS, costing(random.nextInt(100)), false).choose(calls);
            assertThat(chosen).contains(calls.getFirst()).doesNotHaveDuplicates();
        }
    }

    @Test
    void lengthsThatFillSixTenthsCostLessThanATenthOfTheThroughput() {
        Random random = new Random(3);
        double full = tokensPerTime(() -> 200);
        double mixed = tokensPerTime(() -> 40 + random.nextInt(161)); // 120 on average: six tenths of 200
        assertThat(mixed / full).isGreaterThan(0.9);
    }

    @Test
    void withoutTheChoiceOfLengthsTheSameLoadCostsMuchMore() {
        Random random = new Random(3);
        TensorConfig.Batch careless = new TensorConfig.Batch(32, 1 << 20, 1 << 30, 0.99, Duration.ZERO);
        double full = served(careless, RULES, () -> 200);
        double mixed = 0.6 * full; // what padding everything to the longest gives
        assertThat(tokensPerTime(() -> 40 + random.nextInt(161))).isGreaterThan(1.4 * mixed);
    }

    private static double tokensPerTime(IntSupplier lengths) {
        return served(LIMITS, RULES, lengths);
    }

    /** Useful tokens per unit of time of a graph that is always busy, with 128 requests waiting: a run costs 60 and one for each token. */
    private static double served(TensorConfig.Batch limits, JoinRules rules, IntSupplier lengths) {
        RunCost cost = new RunCost();
        BatchChoice choice = new BatchChoice(rules, limits, cost, false);
        CallQueue queue = new CallQueue();
        double useful = 0;
        double time = 0;
        for (int waiting = 0; time < 1_000_000; ) {
            for (; waiting < 128; waiting++) {
                queue.add(call(lengths.getAsInt()));
            }
            List<TensorCall> run = choice.choose(queue.urgent(choice.candidates()));
            long longest =
                    run.stream().mapToLong(call -> call.work.length()).max().orElseThrow();
            double nanos = 60 + run.size() * longest;
            cost.add(run.size() * longest, nanos);
            time += nanos;
            useful += run.stream().mapToLong(call -> call.work.tokens()).sum();
            run.forEach(queue::remove);
            waiting -= run.size();
        }
        return useful / time;
    }
}
