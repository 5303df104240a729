package dev.foretoken.nativeruntime;

import static dev.foretoken.nativeruntime.PredictionFolder.IDENTITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.DraftNetwork;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.registry.prediction.PredictionFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    record Model(String name, int layers, int owners) {
        Model(String name, int layers) {
            this(name, layers, layers);
        }
    }

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
                new Model("phi3-longrope", 2),
                new Model("recipe-kv-windows", 6, 4));
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
                new PredictionFolder(folder).shared(model.name(), upTo(model.layers()), upTo(model.owners()), IDENTITY);
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
    void theSameHoldsForAModelOfItsOwn() throws IOException {
        PredictionFolder prediction =
                new PredictionFolder(folder).separate("qwen3-window-layers", "qwen3-window-layers", upTo(3), IDENTITY);
        try (StepLoop exact = new StepLoop(Conformance.open("qwen3-window-layers", options(CacheType.F32), 1), BLOCKS);
                StepLoop predicts = new StepLoop(prediction.open(options(CacheType.F32), 1), BLOCKS)) {
            FakeSequence wanted = exact.generate(sequence(50, 3), NEW_TOKENS, 50);
            FakeSequence found = predicts.generate(predicts.predicted(sequence(50, 3), 20), NEW_TOKENS, 1);
            assertThat(BatchInvarianceTest.bits(found)).isEqualTo(BatchInvarianceTest.bits(wanted));
        }
    }

    /** Maps that are not the identity are told from those that are. */
    @Test
    void otherMapsGiveOtherKeysAndValues() throws IOException {
        PredictionFolder prediction = new PredictionFolder(folder)
                .shared("llama-gqa-f32", upTo(2), upTo(2), (name, rows, columns) -> {
                    float[] filled = IDENTITY.of(name, rows, columns);
                    filled[0] += name.equals("values.1.bias") ? 1e-3f : 0;
                    return filled;
                });
        try (StepLoop exact = new StepLoop(Conformance.open("llama-gqa-f32", options(CacheType.F32), 1), BLOCKS);
                StepLoop predicts = new StepLoop(prediction.open(options(CacheType.F32), 1), BLOCKS)) {
            FakeSequence wanted = exact.begin(sequence(50, 3), 49, 49);
            FakeSequence found = predicts.predicted(sequence(50, 3), 49);
            assertThat(predicts.block(found, 0, 0)).isNotEqualTo(exact.block(wanted, 0, 0));
        }
    }

    @Test
    void predictsRandomModelsAndDraftsBesideIt() throws IOException {
        Files.writeString(folder.resolve(PredictionFile.NAME), """
                {"format": "foretoken.prediction.v1", "kind": "separate", "base": "random:tiny",
                 "auxiliary": {"model": "random:tiny"}, "map": [0, 0], "predictor": "random"}""");
        ModelSource draft = new ModelSource("draft", URI.create("random:tiny"), "");
        RuntimeOptions options = options(CacheType.AUTO).withDraft(new DraftNetwork.Model(draft));
        try (StepLoop loop = new StepLoop(new PredictionFolder(folder).open(options, 1), BLOCKS)) {
            assertThat(loop.runtime.shape().parts())
                    .extracting(PartShape::role)
                    .containsExactly(PartShape.Role.BASE, PartShape.Role.AUXILIARY, PartShape.Role.DRAFT);
            FakeSequence sequence = loop.predicted(sequence(40, 1), 40);
            StepPlan plan = loop.plan();
            plan.clear();
            int row = plan.addRow(sequence, 2, RowKind.DRAFT, 0, 0);
            plan.set(StepPlan.Column.PROPOSALS, row, 3);
            for (int i = 0; i < 40; i++) {
                plan.addToken(sequence.tokenAt(i));
            }
            plan.beginTable(0);
            plan.addUnit(0, 1);
            plan.addUnit(0, 2);
            assertThat(loop.runtime.execute(plan).tokenCount(0)).isEqualTo(3);
            assertThat(loop.generate(sequence, 2, 1).generated()).hasSize(2);
        }
    }

    @Test
    void answersOfDifferentPredictionsHaveDifferentNumericsIds() throws IOException {
        List<String> ids = new ArrayList<>();
        for (long seed : new long[] {1, 2, 2}) {
            PredictionFolder prediction = new PredictionFolder(folder)
                    .shared("llama-gqa-f32", List.of(0), List.of(0, 0), PredictionFolder.random(seed));
            try (SequenceRuntime runtime = prediction.open(options(CacheType.F32), 1)) {
                ids.add(runtime.shape().numericsId());
            }
        }
        assertThat(ids.get(0)).isNotEqualTo(ids.get(1));
        assertThat(ids.get(1)).isEqualTo(ids.get(2));
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
