package dev.foretoken.app.command.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.registry.ModelSummary;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelKindTest {

    private static final Path MODELS = Path.of("../../src/models");

    @TempDir
    private Path folder;

    private static void add(Registry registry, String name, String path) {
        Provenance from = new Provenance("file:" + name, "test", "import", Map.of(), null, Instant.EPOCH);
        registry.importModel(name, MODELS.resolve(path), Trust.OWN_FOLDER, from, (step, done, total) -> {});
    }

    private static String listed(Registry registry) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ListCommand.print(registry, registry.models(), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theListSaysOfEachModelWhatItIsMadeFor() {
        try (Registry registry = Registry.open(RegistryConfig.at(folder))) {
            add(registry, "demo", "demo/model");
            add(registry, "small", "zoo/graphs/hopfield.onnx");
            assertThat(listed(registry))
                    .containsPattern("MODEL +KIND +NEWEST")
                    .containsPattern("demo +decoder +@1")
                    .containsPattern("small +tensors +@1");
            ModelSummary removed = new ModelSummary("gone", 1, 1, 1, 0, List.of());
            assertThat(ModelKind.of(registry, removed)).isEqualTo("-");
        }
    }

    @ParameterizedTest
    @CsvSource({"EMBED, encoder: embed", "RERANK, encoder: rerank", "CLASSIFY, encoder: classify", "TENSOR, tensors"})
    void aGraphIsWhatItsTasksSay(ModelTask task, String kind) {
        RuntimeEstimate.Facts facts =
                new RuntimeEstimate.Facts.Tensors(Optional.empty(), EnumSet.of(ModelTask.TENSOR, task));
        assertThat(ModelKind.of(() -> Optional.of(new RuntimeEstimate(1, 1, facts))))
                .isEqualTo(kind);
    }

    @Test
    void aGraphThatTellsNothingOrIsRefusedIsListedAllTheSame() {
        assertThat(ModelKind.of(Optional::empty)).isEqualTo("graph");
        assertThat(ModelKind.of(() -> {
                    throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "no");
                }))
                .isEqualTo("graph, refused");
    }
}
