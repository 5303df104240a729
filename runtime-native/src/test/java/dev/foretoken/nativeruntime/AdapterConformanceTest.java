package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** LoRA adapters against golden numbers of the merged checkpoints, and against themselves in any company. */
final class AdapterConformanceTest {

    private static final AdapterLimits LIMITS = new AdapterLimits(4, 16, 64 << 20);
    private static final double TOLERANCE = 1e-3;
    private static final int BLOCKS = 96;
    private static final List<String> SIBLINGS = List.of("llama-odd-all", "llama-odd-stable", "llama-odd-patterns");
    private static final String BASE = "llama-odd-f32";

    static Stream<Arguments> adaptersAndKernels() {
        List<String> kernels = Conformance.kernels();
        return Conformance.adapters().stream().flatMap(name -> kernels.stream().map(set -> Arguments.of(name, set)));
    }

    private static StepLoop open(String base, RuntimeOptions options, int threads) {
        return new StepLoop(Conformance.open(base, options.withAdapters(LIMITS), threads), BLOCKS);
    }

    private static RuntimeOptions exact(String kernels) {
        return Conformance.options(kernels, CacheType.F32);
    }

    private static void load(StepLoop loop, int number, String adapter) {
        loop.runtime.apply(
                new CacheCommand.LoadAdapter(number, loop.runtime.openAdapter(Conformance.adapter(adapter))));
    }

    private static FakeSequence reporting(Conformance.Prompt prompt) {
        return new FakeSequence(1, prompt.ids(), prompt.tokens().length).reporting(5, 0);
    }

    private static void requireGolden(FakeSequence sequence, Conformance.Prompt prompt) {
        assertThat(sequence.generated()).isEqualTo(prompt.tokens());
        for (int i = 0; i < prompt.tokens().length; i++) {
            assertThat((double) sequence.details.get(i).logprob()).isCloseTo(prompt.logprobs()[i], within(TOLERANCE));
        }
        for (int i = 0; i < prompt.ids().length - 1; i++) {
            assertThat((double) sequence.promptScores.get(i).logprob())
                    .isCloseTo(prompt.promptLogprobs()[i], within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @MethodSource("adaptersAndKernels")
    void givesTheGoldenNumbersOfTheMergedCheckpoint(String name, String kernels) {
        try (StepLoop loop = open(Conformance.baseOf(name), exact(kernels), 2)) {
            load(loop, 2, name);
            for (Conformance.Prompt prompt : Conformance.adapterPrompts(name)) {
                for (int chunk : new int[] {Integer.MAX_VALUE, 7}) {
                    FakeSequence sequence = reporting(prompt).using(2);
                    loop.generate(sequence, prompt.tokens().length, chunk);
                    requireGolden(sequence, prompt);
                    loop.free(sequence);
                }
            }
        }
    }

    @Test
    void rowsOfOneStepUseAdaptersOfDifferentRanksOrNone() {
        try (StepLoop loop = open(BASE, exact("auto"), 2)) {
            List<FakeSequence> sequences = new ArrayList<>();
            List<Conformance.Prompt> golden = new ArrayList<>();
            for (int number = 0; number < SIBLINGS.size(); number++) {
                load(loop, number, SIBLINGS.get(number));
                for (Conformance.Prompt prompt : Conformance.adapterPrompts(SIBLINGS.get(number))) {
                    sequences.add(reporting(prompt).using(number));
                    golden.add(prompt);
                }
            }
            for (Conformance.Prompt prompt : Conformance.prompts(BASE)) {
                sequences.add(reporting(prompt));
                golden.add(prompt);
            }
            while (sequences.stream().anyMatch(s -> s.length() < s.maxLength())) {
                loop.step(
                        sequences.stream()
                                .filter(s -> s.length() < s.maxLength())
                                .toList(),
                        11);
            }
            for (int i = 0; i < sequences.size(); i++) {
                requireGolden(sequences.get(i), golden.get(i));
            }
        }
    }

    @Test
    void aNumberGivesTheAdapterThatWasLoadedLastUnderIt() {
        try (StepLoop loop = open(BASE, exact("auto"), 1)) {
            for (String name : SIBLINGS) {
                load(loop, 1, name);
                Conformance.Prompt prompt = Conformance.adapterPrompts(name).getLast();
                FakeSequence sequence = reporting(prompt).using(1);
                loop.generate(sequence, prompt.tokens().length, 50);
                requireGolden(sequence, prompt);
                loop.free(sequence);
                loop.runtime.apply(new CacheCommand.UnloadAdapter(1));
                assertThatThrownBy(() -> loop.generate(reporting(prompt).using(1), 1, 50))
                        .isInstanceOf(ForetokenException.class)
                        .hasMessageContaining("adapter=1, must be loaded");
            }
            Conformance.Prompt plain = Conformance.prompts(BASE).getLast();
            FakeSequence sequence = reporting(plain);
            loop.generate(sequence, plain.tokens().length, 50);
            requireGolden(sequence, plain);
        }
    }

    /** How a base is computed: kernel paths, encodings of its weights, precision. */
    static Stream<RuntimeOptions> settings() {
        return Stream.of(
                new RuntimeOptions(CacheType.AUTO, "auto", Precision.FAST, 0),
                new RuntimeOptions(CacheType.F32, "auto", Precision.EXACT, 0),
                new RuntimeOptions(CacheType.BF16, "auto", Precision.FAST, 0, Weights.Q8_0),
                new RuntimeOptions(CacheType.INT8, "auto", Precision.FAST, 0, Weights.FP8),
                new RuntimeOptions(CacheType.F32, "vector", Precision.EXACT, 0, Weights.Q4_0));
    }

    private static FakeSequence asked(int adapter) {
        int[] prompt = Conformance.prompts("llama-sharded").getLast().ids();
        return new FakeSequence(1, prompt, 12).reporting(3, 1).using(adapter);
    }

    private static List<String> alone(RuntimeOptions options, int adapter) {
        try (StepLoop loop = new StepLoop(
                Conformance.open("llama-sharded", adapter < 0 ? options : options.withAdapters(LIMITS), 1), BLOCKS)) {
            if (adapter >= 0) {
                load(loop, adapter, "llama-sharded-all");
            }
            return BatchInvarianceTest.bits(loop.generate(asked(adapter), 12, Integer.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void givesTheSameBitsAloneAndAmongOthers(RuntimeOptions options) {
        List<String> adapted = alone(options, 0);
        List<String> plain = alone(options, -1);
        assertThat(adapted).isNotEqualTo(plain);
        Random random = new Random(7);
        try (StepLoop loop = open("llama-sharded", options, 2)) {
            load(loop, 0, "llama-sharded-all");
            load(loop, 3, "llama-sharded-all");
            FakeSequence with = asked(0);
            FakeSequence without = asked(-1);
            List<FakeSequence> rows = new ArrayList<>(List.of(with, without));
            for (int i = 0; i < 12; i++) {
                int[] prompt = random.ints(1 + random.nextInt(40), 3, 90).toArray();
                rows.add(
                        random.nextInt(rows.size()),
                        new FakeSequence(2 + i, prompt, 60).using(i % 3 == 0 ? -1 : i % 3 * 3 - 3));
            }
            while (with.length() < with.maxLength() || without.length() < without.maxLength()) {
                loop.step(rows.stream().filter(s -> s.length() < s.maxLength()).toList(), 1 + random.nextInt(30));
            }
            assertThat(BatchInvarianceTest.bits(with)).isEqualTo(adapted);
            assertThat(BatchInvarianceTest.bits(without)).isEqualTo(plain);
        }
    }

    @Test
    void verifiesProposalsWithTheAdapterOfTheRow() {
        try (StepLoop loop = open(BASE, exact("auto"), 2)) {
            load(loop, 0, SIBLINGS.getFirst());
            Conformance.Prompt prompt =
                    Conformance.adapterPrompts(SIBLINGS.getFirst()).getLast();
            FakeSequence sequence = reporting(prompt).using(0);
            loop.generate(sequence, 1, Integer.MAX_VALUE);
            int[] tokens = prompt.tokens();
            assertThat(loop.verify(sequence, tokens[1], tokens[2], tokens[3])).isEqualTo(3);
            assertThat(loop.verify(sequence, tokens[5], tokens[5] + 1)).isEqualTo(1);
            loop.generate(sequence, tokens.length - sequence.generated().length, 50);
            requireGolden(sequence, prompt);
        }
    }
}
