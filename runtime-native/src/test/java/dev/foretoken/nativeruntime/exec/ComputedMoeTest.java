package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.nativeruntime.StepLoop;
import dev.foretoken.nativeruntime.experts.StrategyTable;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Strategies of a mixture of experts are one function. */
final class ComputedMoeTest {

    private static final StrategyTable PER_TOKEN = new StrategyTable(Integer.MAX_VALUE, 0);
    private static final StrategyTable GROUPED = new StrategyTable(0, 0);
    private static final StrategyTable DENSE = new StrategyTable(0, 1000);

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
