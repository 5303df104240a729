package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.nativeruntime.StepLoop;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Strategies of a mixture of experts are one function. */
final class ComputedMoeTest {

    private static final StrategyTable PER_TOKEN = new StrategyTable(Integer.MAX_VALUE, 0);
    private static final StrategyTable GROUPED = new StrategyTable(0, 0);
    private static final StrategyTable DENSE = new StrategyTable(0, 1000);

    @Test
    void countsWhatEveryExpertWasGivenWhateverTheStrategy() {
        ModelPlan plan = RandomModels.experts();
        List<Moe> mixtures = plan.mixers().stream()
                .filter(Moe.class::isInstance)
                .map(Moe.class::cast)
                .toList();
        List<List<List<Long>>> counted = new ArrayList<>();
        for (StrategyTable table : List.of(PER_TOKEN, GROUPED, DENSE)) {
            try (StepLoop loop = new StepLoop(RandomModels.with(table, plan), 6)) {
                int[] prompt = RandomModels.prompt(40, plan.vocabularySize(), 3);
                loop.generate(new FakeSequence(1, prompt, 20), 5, 13);
                counted.add(loop.runtime.expertLoads().stream()
                        .map(ComputedMoeTest::tokens)
                        .toList());
            }
        }
        assertThat(counted.stream().distinct()).hasSize(1);
        assertThat(counted.getFirst()).hasSameSizeAs(mixtures);
        for (int i = 0; i < mixtures.size(); i++) {
            List<Long> tokens = counted.getFirst().get(i);
            assertThat(tokens).hasSize(mixtures.get(i).experts().size());
            assertThat(tokens.stream().mapToLong(Long::longValue).sum())
                    .isEqualTo(44L * mixtures.get(i).routing().topK());
        }
    }

    private static List<Long> tokens(ExpertLoad load) {
        return IntStream.range(0, load.experts()).mapToObj(load::tokens).toList();
    }

    @Test
    void allStrategiesGiveTheSameBits() {
        ModelPlan plan = RandomModels.experts();
        List<List<Object>> answers = new ArrayList<>();
        for (StrategyTable table : List.of(PER_TOKEN, GROUPED, DENSE, StrategyTable.MEASURED)) {
            try (StepLoop loop = new StepLoop(RandomModels.with(table, plan), 6)) {
                int[] prompt = RandomModels.prompt(70, plan.vocabularySize(), 3);
                FakeSequence sequence = new FakeSequence(1, prompt, 20).reporting(0, 0);
                loop.generate(sequence, 20, 13);
                List<Object> answer = new ArrayList<>();
                sequence.promptScores.forEach(scores -> answer.add(Float.floatToIntBits(scores.logprob())));
                sequence.details.forEach(scores -> answer.add(Float.floatToIntBits(scores.logprob())));
                answers.add(answer);
            }
        }
        assertThat(answers.stream().distinct()).hasSize(1);
        assertThat(answers.getFirst()).hasSize(69 + 20);
    }
}
