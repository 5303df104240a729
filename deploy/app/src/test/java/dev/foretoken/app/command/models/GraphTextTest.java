package dev.foretoken.app.command.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTextTest {

    private static final Path MODELS = Path.of("../../src/models");

    @TempDir
    private Path folder;

    private String shown(String name, Path model) {
        try (Registry registry = Registry.open(RegistryConfig.at(folder))) {
            Provenance from = new Provenance("file:" + name, "test", "import", Map.of(), null, Instant.EPOCH);
            Imported imported = registry.importModel(name, model, Trust.OWN_FOLDER, from, (step, done, total) -> {});
            VariantDetail variant = registry.variant(imported.ref());
            List<String> served = GraphText.lines(registry, variant);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
            ImportText.print(imported, variant.manifest(), served, out);
            VariantText.print(variant, served, out);
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aGraphOfTensorsSaysThatItServesThem() {
        assertThat(shown("small", MODELS.resolve("zoo/graphs/hopfield.onnx")))
                .contains("found onnx graph, ", "serves tensor\n")
                .containsPattern("format +onnx, imported graph\n")
                .containsPattern("serves +tensor\n");
    }

    @Test
    void otherFormatsSayNothing() {
        assertThat(shown("demo", MODELS.resolve("demo/model"))).doesNotContain("serves ");
    }
}
