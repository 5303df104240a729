package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * DeepSeek-V3 as it is published, in FP8 with a factor per block, against the same numbers in F32. All maps stay FP8 but those out of latent
 * vectors to keys, which are needed transposed and become BF16.
 */
final class DeepseekFp8Test {

    private static final int TOKENS = 150;

    @TempDir
    private Path folder;

    private static StepLoop open(Path directory, String kernels) {
        RuntimeOptions options = Conformance.options(kernels, RuntimeOptions.CacheType.F32);
        return new StepLoop(
                new NativeRuntimeProvider()
                        .open(ModelSource.of("m", directory), DeviceSpec.cpu(1), options, LoadProgress.SILENT),
                64);
    }

    @ParameterizedTest
    @CsvSource({
        "deepseek-v3-f32, auto",
        "deepseek-v3-f32, scalar",
        "deepseek-v3-plain, auto",
        "deepseek-v3-plain, scalar"
    })
    void givesTheNumbersOfItsWeightsAsFloatsWhereBf16HoldsThem(String name, String kernels) {
        assertThat(differences(name, kernels, CheckpointLayout.FP8_LOW_BLOCKS).getMax())
                .isLessThan(1e-3);
    }

    /** BF16 rounds weights of the keys by up to 2^-9 of themselves, which now and then makes a token choose another expert. */
    @ParameterizedTest
    @ValueSource(strings = {"deepseek-v3-f32", "deepseek-v3-plain"})
    void givesNearlyTheNumbersOfItsWeightsAsFloatsWithAnyFactors(String name) {
        assertThat(differences(name, "auto", CheckpointLayout.FP8).getAverage()).isLessThan(0.03);
    }

    private DoubleSummaryStatistics differences(String name, String kernels, CheckpointLayout layout) {
        QuantizedExport export = new QuantizedExport(Conformance.root().resolve(name), layout);
        try (StepLoop floats = open(export.writeFloats(folder.resolve("floats")), kernels);
                StepLoop fp8 = open(export.writeQuantized(folder.resolve("fp8")), kernels)) {
            assertThat(fp8.runtime.heldAs().weights()).contains("FP8").contains("BF16");
            List<TokenLogprobs> expected = scores(floats);
            List<TokenLogprobs> actual = scores(fp8);
            return IntStream.range(0, TOKENS - 1)
                    .mapToDouble(i ->
                            Math.abs(actual.get(i).logprob() - expected.get(i).logprob()))
                    .summaryStatistics();
        }
    }

    private static List<TokenLogprobs> scores(StepLoop loop) {
        int[] text = IntStream.range(0, TOKENS).map(i -> i * 37 % 120 + 3).toArray();
        FakeSequence sequence = new FakeSequence(1, text, 1).reporting(1, 0);
        loop.generate(sequence, 1, Integer.MAX_VALUE);
        loop.free(sequence);
        assertThat(sequence.promptScores).hasSize(TOKENS - 1);
        return sequence.promptScores;
    }
}
