package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens and log-probabilities of Hugging Face transformers, for every supported architecture and option and every kernel set. */
final class ConformanceTest {

    private static final double TOLERANCE = 1e-3;
    private static final int BLOCKS = 64;
    /** Whole blocks, and a whole chunk of those models that keep states. */
    private static final int SHARED_TOKENS = 64;
    /** The oracle takes twenty times as long as compiled kernels: of prompts above this it computes only the longest, with {@code -Psoak} all. */
    private static final int ORACLE_TOKENS = Boolean.getBoolean("foretoken.soak") ? Integer.MAX_VALUE : 65;

    @BeforeAll
    static void findsTheCheckpoints() {
        assertThat(Conformance.names()).hasSizeGreaterThan(20);
    }

    static Stream<Arguments> checkpointsAndKernels() {
        List<String> kernels = Conformance.kernels();
        return Conformance.names().stream().flatMap(name -> kernels.stream().map(set -> Arguments.of(name, set)));
    }

    static Stream<String> checkpoints() {
        return Conformance.names().stream();
    }

    private static RuntimeOptions exact(String kernels) {
        return Conformance.options(kernels, RuntimeOptions.CacheType.F32);
    }

    @ParameterizedTest
    @MethodSource("checkpointsAndKernels")
    void givesTheGoldenNumbersForWholePrompts(String name, String kernels) {
        try (StepLoop loop = new StepLoop(Conformance.open(name, exact(kernels), 1), BLOCKS)) {
            for (Conformance.Prompt prompt : prompts(name, kernels)) {
                FakeSequence sequence = reporting(prompt);
                loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
                requireGolden(sequence, prompt);
                loop.free(sequence);
            }
        }
    }

    private static List<Conformance.Prompt> prompts(String name, String kernels) {
        List<Conformance.Prompt> all = Conformance.prompts(name);
        int longest = all.stream().mapToInt(prompt -> prompt.ids().length).max().orElseThrow();
        return all.stream()
                .filter(prompt -> !kernels.equals("scalar")
                        || prompt.ids().length <= ORACLE_TOKENS
                        || prompt.ids().length == longest)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void givesTheGoldenNumbersForPromptsInOddChunks(String name) {
        try (StepLoop loop = new StepLoop(Conformance.open(name, exact("auto"), 2), BLOCKS)) {
            for (Conformance.Prompt prompt : Conformance.prompts(name)) {
                FakeSequence sequence = reporting(prompt);
                loop.generate(sequence, prompt.tokens().length, 7);
                requireGolden(sequence, prompt);
                loop.free(sequence);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void givesTheGoldenNumbersBehindSharedPrefixBlocks(String name) {
        try (StepLoop loop = new StepLoop(Conformance.open(name, exact("auto"), 2), BLOCKS)) {
            for (Conformance.Prompt prompt : Conformance.prompts(name)) {
                if (prompt.ids().length > SHARED_TOKENS) {
                    FakeSequence owner = loop.begin(reporting(prompt), SHARED_TOKENS, SHARED_TOKENS);
                    FakeSequence reader = reporting(prompt);
                    loop.sharePrefix(owner, reader);
                    loop.generate(owner, 1, Integer.MAX_VALUE);
                    loop.generate(reader, prompt.tokens().length, 50);
                    assertThat(reader.generated()).isEqualTo(prompt.tokens());
                    requireLogprobs(reader, prompt);
                    loop.free(reader);
                    loop.free(owner);
                }
            }
        }
    }

    private static FakeSequence reporting(Conformance.Prompt prompt) {
        return new FakeSequence(1, prompt.ids(), prompt.tokens().length).reporting(5, 0);
    }

    private static void requireGolden(FakeSequence sequence, Conformance.Prompt prompt) {
        assertThat(sequence.generated()).isEqualTo(prompt.tokens());
        requireLogprobs(sequence, prompt);
        assertThat(sequence.promptScores).hasSize(prompt.ids().length - 1);
        for (int i = 0; i < prompt.ids().length - 1; i++) {
            assertThat((double) sequence.promptScores.get(i).logprob())
                    .isCloseTo(prompt.promptLogprobs()[i], within(TOLERANCE));
        }
    }

    private static void requireLogprobs(FakeSequence sequence, Conformance.Prompt prompt) {
        for (int i = 0; i < prompt.tokens().length; i++) {
            assertThat((double) sequence.details.get(i).logprob()).isCloseTo(prompt.logprobs()[i], within(TOLERANCE));
            assertThat(sequence.details.get(i).topIds()[0]).isEqualTo(prompt.topIds()[i][0]);
        }
    }
}
