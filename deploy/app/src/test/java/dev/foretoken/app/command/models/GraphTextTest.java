package dev.foretoken.app.command.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RuntimeEstimate;
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
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTextTest {

    private static final Path MODELS = Path.of("../../src/models");

    @TempDir
    private Path folder;

    private String shown(String name, Path model) {
        return shown(name, model, GraphText::of);
    }

    private String shown(String name, Path model, BiFunction<Registry, VariantDetail, GraphText> text) {
        try (Registry registry = Registry.open(RegistryConfig.at(folder))) {
            Provenance from = new Provenance("file:" + name, "test", "import", Map.of(), null, Instant.EPOCH);
            Imported imported = registry.importModel(name, model, Trust.OWN_FOLDER, from, (step, done, total) -> {});
            VariantDetail variant = registry.variant(imported.ref());
            GraphText served = text.apply(registry, variant);
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

    private String refused(RuntimeException why) {
        Supplier<Optional<RuntimeEstimate>> estimate = () -> {
            throw why;
        };
        return shown(
                "small", MODELS.resolve("zoo/graphs/hopfield.onnx"), (registry, variant) -> GraphText.of(estimate));
    }

    @Test
    void aGraphThatIsRefusedSaysWhyInWordsThatNoTerminalObeys() {
        assertThat(refused(new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "it takes \u001b[2Jx\n")))
                .contains("\ncannot be served: it takes ?[2Jx?\n", "\ncannot serve   it takes ?[2Jx?\n")
                .doesNotContain("serves ", "\u001b");
    }

    @Test
    void aFaultOfARuntimeDoesNotUndoAnImport() {
        assertThat(refused(new ArithmeticException("integer overflow")))
                .contains("cannot be served: its headers cannot be made sense of: ")
                .contains("integer overflow", "stored ");
    }

    @Test
    void otherFormatsSayNothing() {
        assertThat(shown("demo", MODELS.resolve("demo/model"))).doesNotContain("serves ");
    }
}
