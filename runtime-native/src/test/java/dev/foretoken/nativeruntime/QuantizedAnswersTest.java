package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.contract.runtime.SequenceRuntime;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The demo model with quantized weights, or with K and V in 8 bits, says what it says without. */
final class QuantizedAnswersTest {

    private static final int NEW_TOKENS = 12;
    private static final int TEXT_TOKENS = 300;
    /** Measured: all of them. */
    private static final double SAME_CHOICES = 0.99;

    /** As the demo model's tokenizer splits them. */
    private static final List<int[]> PROMPTS = List.of(
            // The name of the dog is Rusty. The dog lives in Rosewood. / Question: Where does the dog live? / Answer:
            new int[] {
                0, 1297, 1275, 440, 453, 1325, 979, 1512, 18, 1461, 1325, 1490, 438, 1984, 18, 203, 1687, 30, 1365,
                1326, 453, 1325, 1483, 35, 203, 1684, 30
            },
            // Nora Page owns a dog. Julia Lake likes jam. / Question: Which animal does Nora Page own? / Answer:
            new int[] {
                0, 815, 1543, 1704, 328, 1325, 18, 1624, 1399, 1488, 1627, 18, 203, 1687, 30, 1643, 1835, 1326, 1441,
                1543, 504, 35, 203, 1684, 30
            });

    @Test
    void eightBitBlocksAnswerAsUnquantizedWeightsDo() {
        List<int[]> stored = answers(Weights.STORED);
        List<int[]> quantized = answers(Weights.Q8_0);
        for (int i = 0; i < PROMPTS.size(); i++) {
            assertThat(stored.get(i)).hasSize(NEW_TOKENS);
            assertThat(quantized.get(i)).as("prompt %d", i).isEqualTo(stored.get(i));
        }
    }

    @Test
    void theModelSaysHowItIsHeld() {
        try (SequenceRuntime runtime = open("llama-gqa-f32", Weights.Q8_0)) {
            HeldAs held = runtime.heldAs();
            assertThat(held.weights()).isEqualTo("F32 + 8-bit linear g32 f16");
            assertThat(held.kvCache()).isEqualTo("f32");
            assertThat(held.weightBytes()).isPositive().isLessThan(runtime.residentBytes());
        }
        try (SequenceRuntime runtime = open("llama-gqa-f32", Weights.FP8)) {
            assertThat(runtime.heldAs().weights()).isEqualTo("FP8 per channel + F32");
        }
    }

    private static SequenceRuntime open(String conformanceModel, Weights weights) {
        RuntimeOptions options = new RuntimeOptions(CacheType.F32, "scalar", Precision.EXACT, 0, weights);
        Path model = Conformance.root().resolve(conformanceModel);
        return new NativeRuntimeProvider()
                .open(ModelSource.of("m", model), DeviceSpec.cpu(1), options, LoadProgress.SILENT);
    }

    /** Over a text of the model's own: what it thinks likeliest at each position. */
    @Test
    void eightBitCachesChooseAsBf16CachesDo() {
        int[] text = text(CacheType.BF16);
        List<Integer> expected = choices(text, CacheType.BF16);
        List<Integer> actual = choices(text, CacheType.INT8);
        long same = IntStream.range(0, expected.size())
                .filter(i -> expected.get(i).equals(actual.get(i)))
                .count();
        assertThat(expected).hasSizeGreaterThan(TEXT_TOKENS);
        assertThat((double) same / expected.size()).isGreaterThanOrEqualTo(SAME_CHOICES);
        for (int[] prompt : PROMPTS) {
            assertThat(answer(prompt, CacheType.INT8)).isEqualTo(answer(prompt, CacheType.BF16));
        }
    }

    private static int[] text(CacheType type) {
        int[] prompts = PROMPTS.stream().flatMapToInt(IntStream::of).toArray();
        try (StepLoop loop = open(type, Weights.STORED)) {
            FakeSequence told = loop.generate(new FakeSequence(1, prompts, TEXT_TOKENS), TEXT_TOKENS, 64);
            return IntStream.concat(IntStream.of(prompts), IntStream.of(told.generated()))
                    .toArray();
        }
    }

    private static List<Integer> choices(int[] text, CacheType type) {
        try (StepLoop loop = open(type, Weights.STORED)) {
            FakeSequence scored = new FakeSequence(1, text, 1).reporting(1, 1);
            loop.generate(scored, 1, 64);
            return scored.promptScores.stream()
                    .map(scores -> scores.topIds()[0])
                    .toList();
        }
    }

    private static int[] answer(int[] prompt, CacheType type) {
        try (StepLoop loop = open(type, Weights.STORED)) {
            return answer(loop, prompt);
        }
    }

    private static List<int[]> answers(Weights weights) {
        try (StepLoop loop = open(CacheType.F32, weights)) {
            return PROMPTS.stream().map(prompt -> answer(loop, prompt)).toList();
        }
    }

    private static int[] answer(StepLoop loop, int[] prompt) {
        return loop.generate(new FakeSequence(1, prompt, NEW_TOKENS), NEW_TOKENS, 64)
                .generated();
    }

    private static StepLoop open(CacheType type, Weights weights) {
        RuntimeOptions options = new RuntimeOptions(type, "auto", Precision.EXACT, 0, weights);
        Path model = Conformance.root().resolveSibling("demo").resolve("model");
        return new StepLoop(
                new NativeRuntimeProvider()
                        .open(ModelSource.of("demo", model), DeviceSpec.cpu(2), options, LoadProgress.SILENT),
                64);
    }
}
