package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The demo model, quantized in every layout of Hugging Face checkpoints, chooses what the same weights choose as floats. */
final class QuantizedCheckpointTest {

    private static final int BLOCKS = 64;
    private static final int ANSWER_TOKENS = 24;
    private static final RuntimeOptions FASTEST = Conformance.options("auto", RuntimeOptions.CacheType.F32);

    /** Ids without a meaning: what follows is anything but certain, so that small differences show. */
    private static final List<int[]> PROMPTS =
            List.of(new int[] {0, 300, 301, 302}, new int[] {0, 3, 700, 42, 1500, 4}, new int[] {0});

    @TempDir
    private Path folder;

    private static StepLoop open(Path directory) {
        return new StepLoop(
                new NativeRuntimeProvider()
                        .open(ModelSource.of("m", directory), DeviceSpec.cpu(1), FASTEST, LoadProgress.SILENT),
                BLOCKS);
    }

    @ParameterizedTest
    @EnumSource(CheckpointLayout.class)
    void choosesNearlyAllTokensOfItsWeightsAsFloats(CheckpointLayout layout) {
        Path demo = Conformance.root().resolveSibling("demo").resolve("model");
        QuantizedExport export = new QuantizedExport(demo, layout);
        Path floats = export.writeFloats(folder.resolve("floats"));
        Path quantized = export.writeQuantized(folder.resolve("quantized"));
        int same = 0;
        try (StepLoop expected = open(floats);
                StepLoop actual = open(quantized)) {
            for (int[] prompt : PROMPTS) {
                FakeSequence answer = new FakeSequence(1, prompt, ANSWER_TOKENS);
                expected.generate(answer, ANSWER_TOKENS, Integer.MAX_VALUE);
                expected.free(answer);
                same += chosen(actual, prompt, answer.generated());
            }
        }
        assertThat(same).isGreaterThanOrEqualTo(PROMPTS.size() * ANSWER_TOKENS * 9 / 10);
    }

    /** How many tokens of an answer are the most likely ones. */
    private static int chosen(StepLoop loop, int[] prompt, int[] answer) {
        int[] text =
                IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer)).toArray();
        FakeSequence sequence = new FakeSequence(1, text, 1).reporting(1, 0);
        loop.generate(sequence, 1, Integer.MAX_VALUE);
        List<TokenLogprobs> scores = sequence.promptScores;
        int same = (int) scores.subList(scores.size() - answer.length, scores.size()).stream()
                .filter(score -> score.rank() == 1)
                .count();
        loop.free(sequence);
        return same;
    }
}
