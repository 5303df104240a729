package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Precision;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.registry.prediction.PredictionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be predicted is refused with the reason, when it is opened or when the step is computed. */
final class PredictionRefusalTest {

    private static final RuntimeOptions OPTIONS = new RuntimeOptions(CacheType.F32, "scalar", Precision.EXACT, 0);

    @TempDir
    private Path folder;

    private PredictionFolder shared(String base, List<Integer> layers, List<Integer> map) throws IOException {
        return new PredictionFolder(folder).shared(base, layers, map, PredictionFolder.IDENTITY);
    }

    private static void refuses(ErrorCode code, ThrowingCallable opening, String... said) {
        assertThatThrownBy(opening).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.getMessage()).contains(said);
            assertThat(e.code()).isEqualTo(code);
        });
    }

    @Test
    void refusesModelsWhoseCachesAreOfAnotherKind() {
        refuses(
                ErrorCode.MODEL_UNSUPPORTED,
                () -> shared("deepseek-v3-f32", List.of(0), List.of(0, 0)),
                "stores latent vectors");
        refuses(ErrorCode.MODEL_UNSUPPORTED, () -> shared("jamba-f32", List.of(0), List.of(0)), "recurrent state");
        refuses(
                ErrorCode.MODEL_UNSUPPORTED,
                () -> shared("recipe-kv-values", List.of(0, 1), List.of(0, 0, 0, 0, 0, 0)),
                "owns only one of K and V");
    }

    @Test
    void refusesAnAuxiliaryThatReadsWhatItDoesNotKeep() {
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> shared("recipe-kv-windows", List.of(0, 4), List.of(0, 0, 0, 0)),
                "reads K or V of attention 3, which is dropped");
    }

    @Test
    void refusesMapsThatDoNotFit() {
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> shared("llama-gqa-f32", List.of(0), List.of(0)),
                "the map has 1 entries, the base has 2 attentions that own K and V");
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> shared("llama-gqa-f32", List.of(0), List.of(0, 1)),
                "the map names attention 1, the auxiliary has 1");
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> shared("llama-gqa-f32", List.of(0, 2), List.of(0, 1)),
                "names block 2, this model has blocks 0 to 1");
    }

    private PredictionFolder separate(String base, String auxiliary) throws IOException {
        return new PredictionFolder(folder).separate(base, auxiliary, List.of(0, 1), PredictionFolder.random(1));
    }

    @Test
    void refusesAnAuxiliaryOfOtherTokensOrAShorterContext() {
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> separate("llama-gqa-f32", "gpt-oss-f32"),
                "the auxiliary has a vocabulary of 80 tokens, the base has 128");
        refuses(
                ErrorCode.CONFIG_INVALID,
                () -> separate("llama-gqa-f32", "gpt2-plain"),
                "the auxiliary has a context of 256 tokens, the base has 512");
    }

    @Test
    void refusesAPredictionOfAPredictionAndARecipeOfOne() throws IOException {
        shared("llama-gqa-f32", List.of(0), List.of(0, 0));
        Path outer = Files.createDirectory(folder.resolve("outer"));
        Files.writeString(outer.resolve(PredictionFile.NAME), """
                {"format": "foretoken.prediction.v1", "kind": "lp-shared", "base": "..", "auxiliary": {"layers": [0]},
                 "map": [0, 0], "predictor": "random"}""");
        refuses(ErrorCode.CONFIG_INVALID, () -> OpenedModel.file(outer), "is a prediction itself");
        Path recipe = Files.writeString(folder.resolve("recipe.json"), """
                {"foretoken_recipe": 1, "base": "outer", "operations": [{"op": "drop", "blocks": [0]}]}""");
        refuses(ErrorCode.CONFIG_INVALID, () -> OpenedModel.file(recipe), "is a prediction");
    }

    @Test
    void refusesOtherTensorsThanTheModelsAskFor() throws IOException {
        PredictionFolder prediction = shared("llama-gqa-f32", List.of(0), List.of(0, 0));
        Path maps = folder.resolve(PredictionFile.PREDICTOR);
        PredictionFolder.write(maps, Map.of("keys.0.weight", List.of(2L, 2L)));
        refuses(
                ErrorCode.MODEL_FILE_CORRUPT,
                () -> prediction.open(OPTIONS, 1).close(),
                "tensor keys.0.weight has shape [2, 2], the models ask for [32, 32]");
        PredictionFolder.write(maps, Map.of("keys.0.bias", List.of(32L)));
        refuses(ErrorCode.MODEL_FILE_CORRUPT, () -> prediction.open(OPTIONS, 1).close(), "no tensor keys.0.weight");
        Files.delete(maps);
        refuses(ErrorCode.MODEL_FILE_CORRUPT, () -> OpenedModel.file(folder), "predictor.safetensors, is not there");
    }

    @Test
    void refusesATensorThatNothingUses() throws IOException {
        PredictionFolder prediction = shared("llama-gqa-f32", List.of(0), List.of(0, 0));
        Path narrower = Files.createDirectory(folder.resolve("other"));
        new PredictionFolder(narrower)
                .shared("llama-deep", List.of(0), List.of(0, 0, 0, 0, 0, 0), PredictionFolder.IDENTITY);
        Files.copy(
                narrower.resolve(PredictionFile.PREDICTOR),
                folder.resolve(PredictionFile.PREDICTOR),
                StandardCopyOption.REPLACE_EXISTING);
        refuses(ErrorCode.MODEL_FILE_CORRUPT, () -> prediction.open(OPTIONS, 1).close(), "maps is damaged");
    }

    @Test
    void theProbeTellsWhy() throws IOException {
        shared("llama-gqa-f32", List.of(0), List.of(0, 0)).edited(text -> text.replace("\"lp-shared\"", "\"lp\""));
        assertThat(new NativeRuntimeProvider()
                        .probe(ModelSource.of("kvp", folder), DeviceSpec.cpu(1))
                        .toString())
                .contains("kind=lp");
    }

    private static void fails(StepLoop loop, StepPlan plan, String message) {
        loop.runtime.begin(plan);
        assertThatThrownBy(loop.runtime::await)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED))
                .hasMessageContaining(message);
    }

    @Test
    void refusesRowsThatPredictWhatTheBaseComputes() throws IOException {
        try (StepLoop loop =
                new StepLoop(shared("llama-gqa-f32", List.of(0), List.of(0, 0)).open(OPTIONS, 1), 8)) {
            FakeSequence sequence = PredictionTest.sequence(40, 1);
            fails(loop, loop.planned(sequence, 40), "predicts up to position 39, but the base computes position 39");
            sequence.computed = 0;
            StepPlan plan = loop.planned(sequence, 20);
            plan.set(Column.WANTS, 0, StepPlan.WANT_SAMPLE);
            fails(loop, plan, "wants=1, the auxiliary gives nothing back");
            plan.set(Column.WANTS, 0, 0);
            plan.set(Column.KIND, 0, RowKind.DRAFT.ordinal());
            fails(loop, plan, "asks to draft, which this part does not offer");
            plan.set(Column.KIND, 0, RowKind.PREDICT.ordinal());
            plan.set(Column.PART, 0, 0);
            fails(loop, plan, "asks to predict, which this part does not offer");
            plan.set(Column.PART, 0, 1);
            loop.runtime.execute(plan);
        }
    }

    @Test
    void refusesTablesWithoutTheBases() throws IOException {
        try (StepLoop loop = new StepLoop(
                        shared("llama-gqa-f32", List.of(0), List.of(0, 0)).open(OPTIONS, 1), 8);
                StepPlan narrow = new StepPlan(new StepCapacity(4, 64, 64, 1))) {
            narrow.addRow(PredictionTest.sequence(40, 1), 1, RowKind.PREDICT, 0, 0);
            narrow.addToken(3);
            narrow.beginTable(0);
            narrow.addUnit(0, 0);
            fails(loop, narrow, "rows have tables of 1 cache kinds, prediction asks for 2");
            StepPlan plan = loop.planned(PredictionTest.sequence(40, 1), 20);
            plan.clear();
            plan.addRow(PredictionTest.sequence(40, 1), 1, RowKind.PREDICT, 0, 0);
            plan.addToken(3);
            plan.beginTable(0);
            plan.addUnit(0, 0);
            plan.beginTable(1);
            fails(loop, plan, "The step cannot be computed");
        }
    }
}
