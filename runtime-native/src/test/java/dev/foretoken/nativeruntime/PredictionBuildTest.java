package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.prediction.PredictionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Predictions are built for whatever can have one, opened by the runtime, and refused with the reason for the rest. */
final class PredictionBuildTest {

    private static final Path CONFORMANCE =
            Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance");
    private static final BuildWatch SILENT = new BuildWatch() {
        @Override
        public void progress(String stage, long done, long total) {}

        @Override
        public void log(String line) {}

        @Override
        public boolean cancelled() {
            return false;
        }
    };

    @TempDir
    private Path folder;

    private static List<int[]> texts(int vocabulary) {
        Random random = new Random(2);
        return IntStream.range(0, 6)
                .mapToObj(i -> random.ints(30, 0, vocabulary).toArray())
                .toList();
    }

    private BuildResult build(Path base, String method, Map<String, String> parameters, int vocabulary)
            throws IOException {
        return new NativeVariantWorkshop()
                .build(
                        new BuildOrder(
                                ModelSource.of("base", base),
                                method,
                                parameters,
                                texts(vocabulary),
                                Files.createDirectories(folder.resolve("output")),
                                Files.createDirectories(folder.resolve("scratch")),
                                1),
                        SILENT);
    }

    /** With its base where that really is. */
    private PredictionFile built(Path base) throws IOException {
        Path output = folder.toRealPath().resolve("output");
        return PredictionFile.read(output)
                .in(output)
                .withBase(output.relativize(base.toRealPath()).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "llama-deep, 96, 6",
        "qwen3-deep, 96, 4",
        "gemma3-mixed, 128, 6",
        "gpt2-plain, 128, 2",
        "mixtral-top2, 128, 2",
        "recipe-drop-blocks, 96, 4",
    })
    void whatIsBuiltOpensWithItsBase(String model, int vocabulary, int layers) throws IOException {
        Path base = CONFORMANCE.resolve(model);
        BuildResult result = build(base, "kvp", Map.of("auxiliary", "layer-pruned:0.5"), vocabulary);
        assertThat(result.output()).isEqualTo(BuildResult.Output.PREDICTION);
        try (OpenedModel opened = PredictionOpener.open(built(base))) {
            assertThat(opened.prediction()).isNotNull();
            assertThat(opened.prediction().plan().layers()).hasSize(layers);
        }
    }

    @Test
    void aSmallerModelOfAnotherShapeBringsItsWeightsWithIt() throws IOException {
        Path base = CONFORMANCE.resolve("llama-deep");
        Path small = CONFORMANCE.resolve("qwen3-deep");
        build(base, "kvp", Map.of("auxiliary", "model:" + small, "map", "uniform"), 96);
        PredictionFile file = built(base);
        assertThat(file.kind()).isEqualTo(PredictionKind.SEPARATE);
        assertThat(file.map()).containsExactly(0, 0, 1, 2, 2, 3);
        try (Stream<Path> copied = Files.list(folder.resolve("output/auxiliary"))) {
            assertThat(copied.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "model.safetensors");
        }
        try (OpenedModel opened = PredictionOpener.open(file)) {
            assertThat(opened.prediction().own()).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deepseek-v3-plain | layer-pruned:0.5 | latent vectors",
                "mamba-f32 | layer-pruned:0.5 | recurrent state",
                "falcon-h1-f32 | layer-pruned:0.5 | recurrent state",
                "recipe-kv-separate | layer-pruned:0.5 | owns only one of keys and values",
                "recipe-kv-top | layer-pruned:0.5 | read what later layers store",
                "llama-text | model:llama-deep | has a vocabulary of 96 tokens, the base has 384",
                "llama-deep | model:nowhere | is not there",
                "llama-deep | model:recipe-drop-blocks | no folder with config.json",
                "qwen3-deep | model:deepseek-v3-plain | kvp: the auxiliary",
            })
    void whatCannotTakePartIsRefusedWithTheReason(String model, String auxiliary, String why) {
        String placed = auxiliary.replace("model:", "model:" + CONFORMANCE + "/");
        assertThatThrownBy(() -> build(CONFORMANCE.resolve(model), "kvp", Map.of("auxiliary", placed), 64))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(why);
    }

    @Test
    void anAuxiliaryThatReadsOtherTokensIsRefused() throws IOException {
        Path base = CONFORMANCE.resolve("llama-text");
        Path other = Files.createDirectory(folder.resolve("other"));
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(base.resolve(name), other.resolve(name));
        }
        ObjectMapper json = new ObjectMapper();
        ObjectNode tokenizer =
                (ObjectNode) json.readTree(other.resolve("tokenizer.json").toFile());
        ObjectNode vocabulary = (ObjectNode) tokenizer.path("model").path("vocab");
        String token = vocabulary.propertyStream().toList().getLast().getKey();
        vocabulary.set(token + "~", vocabulary.remove(token));
        json.writeValue(other.resolve("tokenizer.json").toFile(), tokenizer);
        assertThatThrownBy(() -> build(base, "kvp", Map.of("auxiliary", "model:" + other), 384))
                .hasMessageContaining("token ids stand for other text");
    }

    @Test
    void nothingButSettingsIsBuiltFromAPrediction() throws IOException {
        Path base = CONFORMANCE.resolve("llama-deep");
        build(base, "kvp", Map.of(), 96);
        Path output = folder.toRealPath().resolve("output");
        built(base).write();
        assertThatThrownBy(() -> build(output, "drop", Map.of(), 96))
                .hasMessageContaining("drop cannot be built from a variant with a prediction");
        assertThat(build(output, "kv-int8", Map.of(), 96).output()).isEqualTo(BuildResult.Output.SETTINGS);
    }
}
