package dev.foretoken.nativeruntime.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.EmbeddingSpan;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.nativeruntime.StepLoop;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps over paged caches give what a naive computation of the whole sequence gives. */
final class NaiveModelTest {

    private static final double TOLERANCE = 2e-4;

    static Stream<ModelPlan> plans() {
        return Stream.of(
                RandomModels.windowed(),
                RandomModels.sharing(),
                RandomModels.outputNorms(),
                RandomModels.branches(),
                RandomModels.experts(),
                RandomModels.someExperts(),
                RandomModels.sinks(),
                RandomRecurrents.mixed(),
                RandomRecurrents.states(),
                RandomRecurrents.gated(),
                RandomModels.scaled(),
                RandomFactors.mixed(),
                RandomModels.llama(", \"rope_scaling\": {\"rope_type\": \"dynamic\", \"factor\": 2}"),
                RandomModels.llama(", \"attention_bias\": true, \"mlp_bias\": true, \"tie_word_embeddings\": true"));
    }

    @ParameterizedTest
    @MethodSource("plans")
    void generatesWhatTheNaiveModelGives(ModelPlan plan) {
        for (int chunk : new int[] {13, 1000}) {
            try (StepLoop loop = new StepLoop(RandomModels.open(plan), 6)) {
                int[] prompt = RandomModels.prompt(70, plan.vocabularySize(), 3);
                FakeSequence sequence = new FakeSequence(1, prompt, 50).reporting(0, 0);
                loop.generate(sequence, 50, chunk);
                requireNaive(plan, sequence);
            }
        }
    }

    private static void requireNaive(ModelPlan plan, FakeSequence sequence) {
        NaiveModel naive = new NaiveModel(plan, RandomModels.WEIGHTS);
        int[] tokens = tokens(sequence);
        double[][] expected = naive.logprobs(naive.hidden(naive.embed(tokens), sequence.maxLength()));
        for (int i = 0; i < sequence.promptScores.size(); i++) {
            double logprob = sequence.promptScores.get(i).logprob();
            assertThat(logprob).as("prompt %d", i).isCloseTo(expected[i][tokens[i + 1]], within(TOLERANCE));
        }
        for (int i = 0; i < sequence.details.size(); i++) {
            int position = sequence.promptTokens() + i;
            double best = Arrays.stream(expected[position - 1]).max().orElseThrow();
            assertThat((double) sequence.details.get(i).logprob())
                    .as("generated %d", i)
                    .isCloseTo(expected[position - 1][tokens[position]], within(TOLERANCE))
                    .isCloseTo(best, within(TOLERANCE));
        }
    }

    private static int[] tokens(FakeSequence sequence) {
        int[] tokens = new int[sequence.length()];
        Arrays.setAll(tokens, sequence::tokenAt);
        return tokens;
    }

    @Test
    void feedsEmbeddingVectorsInPlaceOfTokens() {
        ModelPlan plan = RandomModels.llama("");
        NaiveModel naive = new NaiveModel(plan, RandomModels.WEIGHTS);
        int[] prompt = RandomModels.prompt(20, plan.vocabularySize(), 4);
        double[][] embedded = naive.embed(prompt);
        try (Arena arena = Arena.ofShared();
                StepLoop loop = new StepLoop(RandomModels.open(plan), 4)) {
            MemorySegment vectors = arena.allocate(6L * plan.hiddenSize() * Float.BYTES, 64);
            for (int i = 0; i < 6 * plan.hiddenSize(); i++) {
                float value = (i * 37 % 101 - 50) / 200f;
                vectors.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
                embedded[5 + i / plan.hiddenSize()][i % plan.hiddenSize()] = value;
            }
            FakeSequence sequence = new FakeSequence(1, prompt, 1).reporting(0, 0);
            sequence.output = new OutputOptions(0, 0, true);
            sequence.embeddings = List.of(new EmbeddingSpan(5, 6, vectors, new byte[16]));
            double[][] hidden = naive.hidden(embedded, 21);
            double[][] expected = naive.logprobs(hidden);
            StepResult result = loop.step(List.of(sequence), 7);
            while (sequence.computed < 20) {
                result = loop.step(List.of(sequence), 7);
            }
            for (int i = 0; i < 19; i++) {
                assertThat((double) sequence.promptScores.get(i).logprob())
                        .isCloseTo(expected[i][prompt[i + 1]], within(TOLERANCE));
            }
            float[] vector = result.hidden(0);
            assertThat(vector).hasSize(plan.hiddenSize());
            for (int i = 0; i < plan.hiddenSize(); i++) {
                assertThat((double) vector[i]).isCloseTo(hidden[19][i], within(TOLERANCE));
            }
        }
    }

    @Test
    void verifiesProposalsAndTakesThemBack() {
        ModelPlan plan = RandomModels.llama("");
        int[] prompt = RandomModels.prompt(40, plan.vocabularySize(), 5);
        try (StepLoop loop = new StepLoop(RandomModels.open(plan), 8)) {
            FakeSequence plain = loop.generate(new FakeSequence(1, prompt, 8).reporting(0, -1), 8, 100);
            int[] right = plain.generated();
            FakeSequence sequence = new FakeSequence(2, prompt, 8).reporting(0, -1);
            loop.generate(sequence, 1, 100);
            // proposals: the next two right, the third wrong
            int wrong = (right[3] + 1) % plan.vocabularySize();
            for (int proposal : new int[] {right[1], right[2], wrong}) {
                sequence.append(proposal);
            }
            StepPlan step = loop.plan();
            step.clear();
            loop.addRow(step, sequence, dev.foretoken.contract.runtime.RowKind.VERIFY, 4, StepPlan.WANT_SAMPLE_EACH);
            StepResult result = loop.runtime.execute(step);
            assertThat(result.tokenCount(0)).isEqualTo(4);
            for (int i = 0; i < 3; i++) {
                assertThat(result.token(0, i)).isEqualTo(right[i + 1]);
                assertThat(result.logprobs(0, i)).usingRecursiveComparison().isEqualTo(plain.details.get(i + 1));
            }
            // position of the wrong proposal is computed again with the right token
            FakeSequence corrected = new FakeSequence(3, prompt, 8).reporting(0, -1);
            for (int i = 0; i < 4; i++) {
                corrected.append(right[i]);
            }
            corrected.tables.addAll(sequence.tables);
            corrected.computed = 43;
            loop.generate(corrected, 4, 100);
            assertThat(corrected.generated()).isEqualTo(right);
            assertThat(corrected.details.getLast()).usingRecursiveComparison().isEqualTo(plain.details.getLast());
        }
    }
}
