package dev.foretoken.registry.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig.Format;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.safetensors.SampleTensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IngestTest {

    private final MemoryBlobs blobs = new MemoryBlobs();
    private final Ingest ingest = new Ingest(blobs);

    @TempDir
    private Path home;

    private ImportReport store(Path source) {
        return ingest.store(source, Trust.OWN_FOLDER, SampleModels.draft(), LoadProgress.SILENT);
    }

    private static ModelFile file(ImportReport report, String path) {
        return report.manifest().files().stream()
                .filter(file -> file.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private byte[] bytes(ModelFile file) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Descriptor part : file.parts()) {
            bytes.writeBytes(blobs.blobs.get(part.digest()));
        }
        return bytes.toByteArray();
    }

    private static List<String> paths(ImportReport report) {
        return report.manifest().files().stream().map(ModelFile::path).toList();
    }

    @Test
    void storesACheckpointInPartsThatJoinToWhatItWas() throws IOException {
        Path folder = SampleModels.single(home.resolve("m"));
        ImportReport report = store(folder);
        assertThat(paths(report)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(report.config().format()).isEqualTo(Format.SAFETENSORS);
        assertThat(report.config().architecture()).isEqualTo("LlamaForCausalLM");
        assertThat(report.found()).isEqualTo(new ImportReport.CheckedCounts(4, 170_128));
        ModelFile weights = file(report, "model.safetensors");
        assertThat(weights.parts()).extracting(Descriptor::size).endsWith(100_000L, 128L, 70_000L);
        for (String path : paths(report)) {
            byte[] expected = Files.readAllBytes(folder.resolve(path));
            assertThat(bytes(file(report, path))).isEqualTo(expected);
            assertThat(file(report, path).digest()).isEqualTo(Digest.of(expected));
        }
        assertThat(report.newBytes()).isEqualTo(report.manifest().fileBytes());
        byte[] manifest = blobs.blobs.get(report.digest());
        byte[] config = blobs.blobs.get(report.manifest().config().digest());
        assertThat(ManifestJson.parse(manifest, config)).isEqualTo(report.manifest());
    }

    @Test
    void theSameAgainIsTheSameAndCostsNothing() {
        Path folder = SampleModels.single(home.resolve("m"));
        ImportReport first = store(folder);
        ImportReport second = store(folder);
        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(second.newBytes()).isZero();
        assertThat(second.knownBytes()).isEqualTo(first.newBytes());
    }

    @Test
    void aModelThatDiffersInOneTensorAddsThatTensor() {
        store(SampleModels.single(home.resolve("m")));
        Path other = SampleModels.single(home.resolve("other"));
        SampleModels.write(
                other.resolve("model.safetensors"), SampleModels.tensors(99).file());
        assertThat(store(other).newBytes()).isEqualTo(100_000);
    }

    @Test
    void saysOfEveryOtherFileWhyItIsLeftOut() {
        Path folder = SampleModels.single(home.resolve("m"));
        for (String name : List.of(
                "pytorch_model.bin",
                "modeling_own.py",
                "training_args.bin",
                ".gitattributes",
                "consolidated.safetensors",
                "picture.png",
                "deep/model.safetensors")) {
            SampleModels.write(folder.resolve(name), "x");
        }
        SampleModels.write(folder.resolve("README.md"), "about");
        SampleModels.write(folder.resolve("additional_chat_templates/tool_use.jinja"), "{{ messages }}");
        ImportReport report = store(folder);
        assertThat(paths(report)).contains("README.md", "additional_chat_templates/tool_use.jinja");
        assertThat(report.leftOut())
                .extracting(left -> left.path() + ": " + left.reason())
                .anyMatch(line -> line.startsWith("pytorch_model.bin: a pickle"))
                .anyMatch(line -> line.startsWith("training_args.bin: a pickle"))
                .contains("modeling_own.py: code is never loaded")
                .anyMatch(line -> line.startsWith(".gitattributes: not a file"))
                .anyMatch(line -> line.startsWith("consolidated.safetensors: not what the model is loaded from"))
                .anyMatch(line -> line.startsWith("picture.png: not a file"))
                .anyMatch(line -> line.startsWith("deep/: a folder"))
                .hasSize(7);
    }

    @Test
    void recordsThatAConfigurationAsksForCodeAndNeverGetsIt() {
        Path folder = SampleModels.single(home.resolve("m"));
        SampleModels.write(
                folder.resolve("config.json"),
                "{\"model_type\": \"own\", \"auto_map\": {\"AutoModel\": \"modeling_own.Own\"}, \"x\": {\"trust_remote_code\": true}}");
        ImportReport report = store(folder);
        assertThat(report.notes())
                .hasSize(2)
                .allMatch(note -> note.endsWith("code is never loaded"))
                .anyMatch(note -> note.contains("auto_map"));
        assertThat(report.manifest().annotations()).containsKey(Ingest.NOTES);
        assertThat(report.config().architecture()).isEqualTo("own");
    }

    @Test
    void refusesFoldersWithoutWeightsThatCanBeLoaded() {
        Path folder = home.resolve("m");
        SampleModels.write(folder.resolve("config.json"), SampleModels.CONFIG);
        refuses(folder, ErrorCode.MODEL_UNSUPPORTED, "has no weights");
        SampleModels.write(folder.resolve("pytorch_model.bin"), "x");
        refuses(folder, ErrorCode.MODEL_UNSUPPORTED, "weights only as pytorch_model.bin: a pickle");
        SampleModels.write(
                folder.resolve("adapter_model.safetensors"),
                SampleModels.tensors(1).file());
        refuses(folder, ErrorCode.MODEL_UNSUPPORTED, "if it is an adapter");
        refuses(folder.resolve("pytorch_model.bin"), ErrorCode.MODEL_UNSUPPORTED, "a pickle");
        refuses(folder.resolve("adapter_model.safetensors"), ErrorCode.MODEL_UNSUPPORTED, "name the folder");
        refuses(home.resolve("nowhere"), ErrorCode.MODEL_UNSUPPORTED, "is not a model");
        assertThat(blobs.blobs).isEmpty();
    }

    private void refuses(Path source, ErrorCode code, String message) {
        assertThatThrownBy(() -> store(source))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message)
                .message()
                .doesNotContain(home.toString());
    }

    @Test
    void takesOneGgufModelWithAllItsParts() {
        Path folder = SampleModels.ggufParts(home.resolve("m"));
        ImportReport report = store(folder.resolve("m-00002-of-00003.gguf"));
        assertThat(paths(report))
                .containsExactly("m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf");
        assertThat(report.config().format()).isEqualTo(Format.GGUF);
        assertThat(report.config().architecture()).isEqualTo("llama");
        assertThat(report.found()).isEqualTo(new ImportReport.CheckedCounts(3, 6 + 64 + 5));
        SampleModels.gguf(folder);
        refuses(folder, ErrorCode.MODEL_UNSUPPORTED, "has 2 GGUF models");
        assertThat(paths(store(folder.resolve("m.gguf")))).containsExactly("m.gguf");
    }

    @Test
    void takesWhatIsSaidBesideAGraphOfItsOutputs() throws IOException {
        Path folder = SampleModels.onnx(home.resolve("m"), "data/w.bin");
        for (String name : List.of("graph.json", "genai_config.json", "modules.json", "1_Pooling/config.json")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name.equals("modules.json") ? "[]" : "{}");
        }
        assertThat(paths(store(folder)))
                .contains("graph.json", "genai_config.json", "modules.json", "1_Pooling/config.json");
    }

    @Test
    void takesOnnxModelsWithTheirExternalData() {
        Path folder = SampleModels.onnx(home.resolve("m"), "data/w.bin");
        ImportReport report = store(folder);
        assertThat(paths(report)).containsExactly("config.json", "onnx/data/w.bin", "onnx/model.onnx");
        assertThat(report.found()).isEqualTo(new ImportReport.CheckedCounts(2, 18));
        assertThat(paths(store(folder.resolve("onnx/model.onnx")))).containsExactly("data/w.bin", "model.onnx");
    }

    @Test
    void saysWhichTensorOfAGraphIsInAFileThatIsMissing() throws IOException {
        Path folder = SampleModels.onnx(home.resolve("m"), "data/w.bin");
        Files.delete(folder.resolve("onnx/data/w.bin"));
        assertThatThrownBy(() -> store(folder))
                .hasMessageContaining("w.bin is not there; tensor ")
                .hasMessageContaining("must lie beside it or below");
    }

    @Test
    void takesARecipeWithItsBase() throws IOException {
        SampleModels.single(home.resolve("base-model"));
        Path folder = SampleModels.recipe(home.resolve("m"), "../base-model", "made.safetensors");
        ImportReport report = store(folder);
        assertThat(paths(report))
                .containsExactly(
                        "base/config.json",
                        "base/model.safetensors",
                        "base/tokenizer.json",
                        "made.safetensors",
                        "recipe.json");
        assertThat(new ObjectMapper()
                        .readTree(bytes(file(report, "recipe.json")))
                        .path("base")
                        .asText())
                .isEqualTo("base");
        assertThat(report.config().format()).isEqualTo(Format.RECIPE);
        assertThat(report.config().architecture()).isEqualTo("LlamaForCausalLM");
    }

    @Test
    void aRecipeOfARecipeAndOneOfAGgufFileBringAllTheyNeed() throws IOException {
        SampleModels.gguf(home.resolve("gguf"));
        SampleModels.recipe(home.resolve("inner"), "../gguf/m.gguf", "made.safetensors");
        Path outer = SampleModels.recipe(home.resolve("outer"), "../inner", "made.safetensors");
        ImportReport report = store(outer);
        assertThat(paths(report))
                .containsExactly(
                        "base/base/m.gguf",
                        "base/made.safetensors",
                        "base/recipe.json",
                        "made.safetensors",
                        "recipe.json");
        assertThat(new ObjectMapper()
                        .readTree(bytes(file(report, "base/recipe.json")))
                        .path("base")
                        .asText())
                .isEqualTo("base/m.gguf");
        SampleModels.recipe(home.resolve("inner"), "../outer", "made.safetensors");
        refuses(outer, ErrorCode.MODEL_FILE_CORRUPT, "for more than 8 levels");
    }

    @Test
    void takesAPredictionWithItsBaseItsMapsAndItsAuxiliary() {
        SampleModels.single(home.resolve("base-model"));
        SampleModels.single(home.resolve("other"));
        Path folder = SampleModels.prediction(home.resolve("m"), "../base-model", "../other", "maps.safetensors");
        ImportReport report = store(folder);
        assertThat(paths(report))
                .containsExactly(
                        "auxiliary/config.json",
                        "auxiliary/model.safetensors",
                        "auxiliary/tokenizer.json",
                        "base/config.json",
                        "base/model.safetensors",
                        "base/tokenizer.json",
                        "maps.safetensors",
                        "prediction.json");
        PredictionFile placed =
                PredictionFile.of(home.resolve("prediction.json"), bytes(file(report, "prediction.json")));
        assertThat(placed.base()).isEqualTo("base");
        assertThat(placed.auxiliary()).isEqualTo(new AuxiliarySource.Model("auxiliary"));
        assertThat(placed.map()).containsExactly(0, 0);
        assertThat(report.config().format()).isEqualTo(Format.PREDICTION);
        assertThat(report.config().architecture()).isEqualTo("LlamaForCausalLM");
    }

    @Test
    void aPredictionThatWasBuiltInheritsItsBase() {
        ImportReport parent = store(SampleModels.single(home.resolve("m")));
        List<ModelFile> base = parent.manifest().files().stream()
                .map(file -> new ModelFile("base/" + file.path(), file.size(), file.digest(), file.parts()))
                .toList();
        Path built = SampleModels.prediction(home.resolve("built"), "base", "auxiliary", "maps.safetensors");
        ImportReport report = ingest.storeBuilt(built, SampleModels.draft(), base, LoadProgress.SILENT);
        assertThat(paths(report))
                .containsExactly(
                        "auxiliary/config.json",
                        "auxiliary/model.safetensors",
                        "base/config.json",
                        "base/model.safetensors",
                        "base/tokenizer.json",
                        "maps.safetensors",
                        "prediction.json");
        assertThat(file(report, "base/model.safetensors").digest())
                .isEqualTo(file(parent, "model.safetensors").digest());
    }

    @Test
    void nothingIsMadeOverAPrediction() {
        SampleModels.prediction(home.resolve("m"), "base", "auxiliary", "maps.safetensors");
        refuses(
                SampleModels.recipe(home.resolve("over"), "../m", "made.safetensors"),
                ErrorCode.MODEL_UNSUPPORTED,
                "nothing is built over a prediction");
        SampleModels.gguf(home.resolve("gguf"));
        refuses(
                SampleModels.prediction(home.resolve("other"), "base", "../gguf", "maps.safetensors"),
                ErrorCode.MODEL_UNSUPPORTED,
                "the auxiliary is gguf");
    }

    @Test
    void whatABuildMadeInheritsTheOtherFilesOfItsParent() {
        ImportReport parent = store(SampleModels.single(home.resolve("m")));
        Path built = home.resolve("built");
        SampleModels.write(built.resolve("config.json"), SampleModels.CONFIG + " ");
        SampleModels.write(
                built.resolve("model.safetensors"),
                new SampleTensors().with("q", 10, 1).file());
        List<ModelFile> inherited = List.of(file(parent, "config.json"), file(parent, "tokenizer.json"));
        ImportReport report = ingest.storeBuilt(built, SampleModels.draft(), inherited, LoadProgress.SILENT);
        assertThat(paths(report)).containsExactly("config.json", "model.safetensors", "tokenizer.json");
        assertThat(bytes(file(report, "config.json"))).hasSize(SampleModels.CONFIG.length() + 1);
        blobs.delete(file(parent, "tokenizer.json").digest());
        assertThatThrownBy(() -> ingest.storeBuilt(built, SampleModels.draft(), inherited, LoadProgress.SILENT))
                .hasMessageContaining("is missing");
    }

    @Test
    void aBuiltRecipeInheritsItsBase() {
        ImportReport parent = store(SampleModels.single(home.resolve("m")));
        Path built = SampleModels.recipe(home.resolve("built"), "base", "made.safetensors");
        SampleModels.write(built.resolve("base/config.json"), "{");
        List<ModelFile> inherited = parent.manifest().files().stream()
                .map(file -> new ModelFile("base/" + file.path(), file.size(), file.digest(), file.parts()))
                .toList();
        ImportReport report = ingest.storeBuilt(built, SampleModels.draft(), inherited, LoadProgress.SILENT);
        assertThat(paths(report)).contains("base/model.safetensors", "base/config.json", "recipe.json");
        assertThat(report.newBytes()).isLessThan(2000);
    }

    @Test
    void whatChangesWhileItIsImportedIsRefused() {
        for (String name : List.of("model.safetensors", "m.gguf", "onnx/model.onnx")) {
            for (boolean shorter : new boolean[] {false, true}) {
                Path folder = home.resolve("changing-" + shorter + name.length());
                switch (name) {
                    case "m.gguf" -> SampleModels.gguf(folder);
                    case "onnx/model.onnx" -> SampleModels.onnx(folder, "data/w.bin");
                    default -> SampleModels.single(folder);
                }
                blobs.whenBegun = () -> {
                    spoil(folder.resolve(name), shorter);
                    blobs.whenBegun = () -> {};
                };
                refuses(folder, ErrorCode.MODEL_FILE_CORRUPT, name + " was written to while it was imported");
            }
        }
    }

    private static void spoil(Path path, boolean shorter) {
        try {
            byte[] bytes = Files.readAllBytes(path);
            bytes[20] ^= 1;
            SampleModels.write(path, shorter ? java.util.Arrays.copyOf(bytes, bytes.length - 1) : bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anImportThatBreaksOffLeavesOnlyBlobsAndCanBeMadeAgain() {
        Path folder = SampleModels.single(home.resolve("m"));
        for (int room = 0; room < 8; room++) {
            blobs.blobs.clear();
            blobs.room = room;
            refuses(folder, ErrorCode.STORAGE_FULL, "full");
            assertThat(blobs.blobs.values())
                    .noneMatch(bytes -> new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                            .contains("vnd.oci.image.manifest"));
        }
        blobs.room = Integer.MAX_VALUE;
        assertThat(store(folder).newBytes()).isLessThan(store(folder).manifest().fileBytes());
    }

    @Test
    void followsTheLinksOfTheHubCache() throws IOException {
        Path stored = SampleModels.single(home.resolve("blobs"));
        Path snapshot = Files.createDirectories(home.resolve("snapshots").resolve("abc"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("..", "..", "blobs", name));
        }
        assertThat(paths(store(snapshot))).containsExactly("config.json", "model.safetensors");
        assertThatThrownBy(() -> ingest.store(snapshot, Trust.UPLOADED, SampleModels.draft(), LoadProgress.SILENT))
                .hasMessageContaining("symbolic link");
        assertThat(stored).exists();
    }

    @Test
    void tellsHowFarItIs() {
        Path folder = SampleModels.single(home.resolve("m"));
        List<Long> seen = new ArrayList<>();
        ImportReport report = ingest.store(folder, Trust.OWN_FOLDER, SampleModels.draft(), (stage, done, total) -> {
            assertThat(total).isGreaterThan(170_128);
            seen.add(done);
        });
        assertThat(seen).isSorted().endsWith(report.manifest().fileBytes());
    }

    @Test
    void refusesAnIndexThatContradictsItsFiles() {
        Path folder = SampleModels.sharded(home.resolve("m"), "a.safetensors");
        refuses(folder, ErrorCode.MODEL_FILE_CORRUPT, "says that tensor b is in a.safetensors, but it is in no file");
        SampleModels.sharded(folder, "b.safetensors");
        SampleModels.write(
                folder.resolve("b.safetensors"),
                new SampleTensors().with("b", 1, 1).with("a", 1, 1).file());
        refuses(folder, ErrorCode.MODEL_FILE_CORRUPT, "tensor a is in two files");
        SampleModels.write(folder.resolve("model.safetensors.index.json"), SampleModels.json(Map.of()));
        refuses(folder, ErrorCode.MODEL_FILE_CORRUPT, "no weight_map");
    }
}
