package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.runtime.RuntimeOptions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens and log-probabilities of Hugging Face transformers, for every supported architecture and option. */
final class ConformanceTest {

    private static final double TOLERANCE = 1e-3;
    private static final int BLOCKS = 64;

    static List<String> checkpoints() {
        return Conformance.names();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void givesTheGoldenNumbersForWholePrompts(String name) {
        requireGolden(name, Conformance.EXACT_F32, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void givesTheGoldenNumbersForPromptsInOddChunks(String name) {
        requireGolden(name, Conformance.EXACT_F32, 7);
    }

    static void requireGolden(String name, RuntimeOptions options, int chunk) {
        for (Conformance.Prompt prompt : Conformance.prompts(name)) {
            try (StepLoop loop = new StepLoop(Conformance.open(name, options, 1), BLOCKS)) {
                TestSequence sequence = new TestSequence(1, prompt.ids(), prompt.tokens().length).reporting(5, 0);
                requireGolden(loop.generate(sequence, prompt.tokens().length, chunk), prompt);
            }
        }
    }

    static void requireGolden(TestSequence sequence, Conformance.Prompt prompt) {
        assertThat(sequence.generated()).isEqualTo(prompt.tokens());
        for (int i = 0; i < prompt.tokens().length; i++) {
            assertThat((double) sequence.details.get(i).logprob()).isCloseTo(prompt.logprobs()[i], within(TOLERANCE));
            assertThat(sequence.details.get(i).topIds()[0]).isEqualTo(prompt.topIds()[i][0]);
        }
        assertThat(sequence.promptScores).hasSize(prompt.ids().length - 1);
        for (int i = 0; i < prompt.ids().length - 1; i++) {
            assertThat((double) sequence.promptScores.get(i).logprob())
                    .isCloseTo(prompt.promptLogprobs()[i], within(TOLERANCE));
        }
    }
}
