package dev.foretoken.registry.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PredictionFileTest {

    private static final String GOOD = """
            {"format": "foretoken.prediction.v1", "kind": "lp-shared", "base": "../base", "auxiliary": {"layers": [0, 2]},
             "map": [0, 0, 1, 1], "predictor": "predictor.safetensors", "text": "news", "facts": {"error": "0.21"}}""";

    private static final String SEPARATE =
            GOOD.replace("lp-shared", "separate").replace("{\"layers\": [0, 2]}", "{\"model\": \"auxiliary\"}");

    @TempDir
    private Path folder;

    private PredictionFile read(String text) {
        return PredictionFile.of(folder.resolve(PredictionFile.NAME), text.getBytes(StandardCharsets.UTF_8));
    }

    private void refuses(String text, String... said) {
        assertThatThrownBy(() -> read(text)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            assertThat(e.getMessage()).contains(said);
        });
    }

    @Test
    void readsAPredictionByItsFileAndByItsFolder() throws IOException {
        Path path = Files.writeString(folder.resolve(PredictionFile.NAME), GOOD);
        for (Path given : new Path[] {path, folder}) {
            assertThat(PredictionFile.isAt(given)).isTrue();
            PredictionFile found = PredictionFile.read(given);
            assertThat(found.kind()).isEqualTo(PredictionKind.LP_SHARED);
            assertThat(found.basePath()).hasValue(folder.resolveSibling("base"));
            assertThat(found.auxiliary()).isEqualTo(new AuxiliarySource.Layers(List.of(0, 2)));
            assertThat(found.auxiliaryPath()).isEmpty();
            assertThat(found.map()).containsExactly(0, 0, 1, 1);
            assertThat(found.predictorPath()).hasValue(folder.resolve("predictor.safetensors"));
            assertThat(found.text()).isEqualTo("news");
            assertThat(found.facts()).isEqualTo(Map.of("error", "0.21"));
        }
    }

    @Test
    void aFolderWithoutAPredictionAndAnyOtherFileAreNone() throws IOException {
        Path other = Files.writeString(folder.resolve("other.json"), GOOD);
        assertThat(PredictionFile.isAt(folder)).isFalse();
        assertThat(PredictionFile.isAt(other)).isFalse();
    }

    @Test
    void namesAnAuxiliaryOfItsOwn() {
        assertThat(read(SEPARATE).auxiliaryPath()).hasValue(folder.resolve("auxiliary"));
        assertThat(read(SEPARATE.replace("separate", "lp-trained")).kind()).isEqualTo(PredictionKind.LP_TRAINED);
    }

    @Test
    void randomBasesAndMapsHaveNoPath() {
        PredictionFile found = read(GOOD.replace("../base", "random:tiny").replace("predictor.safetensors", "random"));
        assertThat(found.basePath()).isEmpty();
        assertThat(found.predictorPath()).isEmpty();
    }

    @Test
    void readsWhatItWrites() throws IOException {
        for (String text : new String[] {GOOD, SEPARATE}) {
            PredictionFile found = read(text);
            found.write();
            assertThat(PredictionFile.read(folder)).isEqualTo(found);
            assertThat(PredictionFile.read(folder)
                            .withBase("base")
                            .in(folder.resolve("x"))
                            .basePath())
                    .hasValue(folder.resolve("x").resolve("base"));
        }
    }

    @Test
    void doesNotWriteWhatItWouldNotRead() {
        PredictionFile absolute = read(GOOD).withBase("/models/base");
        assertThatThrownBy(absolute::write).hasMessageContaining("base=/models/base");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNoPrediction() {
        refuses("{\"foretoken_recipe\": 1}", "is no prediction");
        refuses("[1]", "is no prediction");
        refuses("{", "not valid JSON");
        refuses(GOOD + "{}", "not valid JSON");
        refuses(GOOD.replace("\"text\"", "\"map\""), "not valid JSON");
        refuses(GOOD.replace("prediction.v1", "prediction.v2"), "format=foretoken.prediction.v2");
    }

    @Test
    void refusesUnknownMissingAndWrongFields() {
        refuses(GOOD.replace("\"text\"", "\"texts\""), "has a field \"texts\"");
        refuses(GOOD.replace("\"layers\"", "\"model\": \"x\", \"layers\""), "has a field \"model\"");
        refuses(GOOD.replace("\"map\": [0, 0, 1, 1],", ""), "has no field \"map\"");
        refuses(GOOD.replace("lp-shared", "lp"), "kind=lp, must be one of lp-shared, lp-trained, separate");
        refuses(GOOD.replace("lp-shared", "separate"), "no field \"model\"");
        refuses(SEPARATE.replace("separate", "lp-shared"), "no field \"layers\"");
        refuses(GOOD.replace("\"0.21\"", "0.21"), "facts", "a text");
        refuses(GOOD.replace("{\"layers\": [0, 2]}", "[0, 2]"), "auxiliary=[0,2], must be an object");
        refuses(GOOD.replace("news", "x".repeat(5000)), "at most 4096 characters");
    }

    @Test
    void refusesMapsAndLayersThatGoBackOrOutOfRange() {
        refuses(GOOD.replace("[0, 0, 1, 1]", "[0, 1, 0, 1]"), "map=[0, 1, 0, 1], must be never descending");
        refuses(GOOD.replace("[0, 0, 1, 1]", "[0, -1]"), "map=-1");
        refuses(GOOD.replace("[0, 0, 1, 1]", "[]"), "map=[]");
        refuses(GOOD.replace("[0, 0, 1, 1]", "[0, 1024]"), "map=1024");
        refuses(GOOD.replace("[0, 0, 1, 1]", "[0.5]"), "map=0.5");
        refuses(GOOD.replace("[0, 2]", "[2, 0]"), "layers=[2, 0], must be in ascending order");
        refuses(GOOD.replace("[0, 2]", "[2, 2]"), "layers=[2, 2]");
    }

    @Test
    void refusesPathsThatCannotMoveWithThePrediction() {
        refuses(GOOD.replace("../base", "/models/base"), "base=/models/base");
        refuses(SEPARATE.replace("\"auxiliary\"}", "\"/models/a\"}"), "model=/models/a");
        for (String name : new String[] {"../predictor.safetensors", ".p.safetensors", "predictor.bin"}) {
            refuses(GOOD.replace("predictor.safetensors", name), "predictor=" + name);
        }
    }

    @Test
    void followsToTheCheckpointOfItsBase() throws IOException {
        Files.writeString(folder.resolve(PredictionFile.NAME), GOOD);
        assertThat(PredictionFile.checkpointOf(folder)).hasValue(folder.resolveSibling("base"));
        Path model = Files.createDirectory(folder.resolve("model"));
        assertThat(PredictionFile.checkpointOf(model)).hasValue(model);
    }
}
