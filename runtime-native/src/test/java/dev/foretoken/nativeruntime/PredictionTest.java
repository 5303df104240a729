package dev.foretoken.nativeruntime;

import static dev.foretoken.nativeruntime.PredictionFolder.IDENTITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.StepPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** K and V that are predicted from themselves are the exact ones, and what is predicted does not depend on what else is computed. */
final class PredictionTest {

    private static final int NEW_TOKENS = 8;
    private static final int BLOCKS = 64;

    @TempDir
    private Path folder;

    /** Models that differ in what stands between projection and cache, and their layers. */
    record Model(String name, int layers) {}

    static Stream<Model> models() {
        return Stream.of(
                new Model("llama-gqa-f32", 2),
                new Model("qwen3-window-layers", 3),
                new Model("llama-rope-dynamic", 2),
                new Model("gemma3-mixed", 6),
                new Model("gpt-oss-f32", 4),
                new Model("gpt2-plain", 2),
                new Model("olmo2-bias", 2),
                new Model("olmoe-clipped", 2),
                new Model("phi3-longrope", 2));
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static RuntimeOptions options(CacheType cache) {
        return new RuntimeOptions(cache, "auto", Precision.EXACT, 0);
    }

    static FakeSequence sequence(int length, int seed) {
        int[] prompt = new Random(seed).ints(length, 0, 80).toArray();
        return new FakeSequence(seed, prompt, NEW_TOKENS).reporting(4, OutputOptions.OFF);
    }

    private void requireExact(Model model, RuntimeOptions options, int length) throws IOException {
        PredictionFolder prediction =
                new PredictionFolder(folder).shared(model.name(), upTo(model.layers()), upTo(model.layers()), IDENTITY);
        try (StepLoop exact = new StepLoop(Conformance.open(model.name(), options, 1), BLOCKS);
                StepLoop predicts = new StepLoop(prediction.open(options, 1), BLOCKS)) {
            FakeSequence wanted = sequence(length, 7);
            exact.begin(wanted, length - 1, length);
            FakeSequence found = predicts.predicted(sequence(length, 7), length);
            requireSameBlocks(exact, wanted, predicts, found);
            exact.generate(wanted, NEW_TOKENS, 1);
            predicts.generate(found, NEW_TOKENS, 1);
            assertThat(BatchInvarianceTest.bits(found)).isEqualTo(BatchInvarianceTest.bits(wanted));
            requireSameBlocks(exact, wanted, predicts, found);
        }
    }

    private static void requireSameBlocks(StepLoop one, FakeSequence wanted, StepLoop other, FakeSequence found) {
        assertThat(found.tables).hasSameSizeAs(wanted.tables);
        for (int kind = 0; kind < wanted.tables.size(); kind++) {
            assertThat(found.tables.get(kind)).hasSameSizeAs(wanted.tables.get(kind));
            for (int i = 0; i < wanted.tables.get(kind).size(); i++) {
                if (wanted.tables.get(kind).get(i) != StepPlan.NO_UNIT) {
                    assertThat(other.block(found, kind, i))
                            .as("block %d of kind %d", i, kind)
                            .isEqualTo(one.block(wanted, kind, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsPredictedFromItselfIsExactToTheLastBit(Model model) throws IOException {
        requireExact(model, options(CacheType.F32), 70);
    }

    @ParameterizedTest
    @EnumSource(
            value = CacheType.class,
            names = {"F32", "BF16", "F16", "INT8"})
    void theSameHoldsForEveryEncodingOfTheCache(CacheType type) throws IOException {
        requireExact(new Model("qwen3-window-layers", 3), options(type), 70);
    }

    @Test
    void theSameHoldsForEverySetOfKernels() throws IOException {
        for (String kernels : Conformance.kernels()) {
            requireExact(new Model("qwen3-window-layers", 3), Conformance.options(kernels, CacheType.F32), 70);
        }
    }

    @Test
    void theSameHoldsAtEveryEdgeOfABlock() throws IOException {
        for (int length : new int[] {2, 3, 31, 32, 33, 34, 64, 65, 66}) {
            requireExact(new Model("llama-gqa-f32", 2), options(CacheType.F32), length);
        }
    }

    @Test
    void tellsThePartAndTheFeature() throws IOException {
        try (StepLoop loop = new StepLoop(
                new PredictionFolder(folder)
                        .shared("llama-gqa-f32", List.of(0), List.of(0, 0), IDENTITY)
                        .open(options(CacheType.F32), 1),
                8)) {
            assertThat(loop.runtime.capabilities().has(Feature.PREDICTION)).isTrue();
            assertThat(loop.runtime.shape().parts())
                    .extracting(PartShape::role)
                    .containsExactly(PartShape.Role.BASE, PartShape.Role.AUXILIARY);
        }
    }
}
