package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.ImportReport;
import dev.foretoken.registry.ingest.Ingest;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.view.VariantView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variants as the registry keeps them: imported into blobs, viewed by links, opened. */
final class RegistryVariantTest {

    private final NativeRuntimeProvider provider = new NativeRuntimeProvider();

    @TempDir
    private Path home;

    private LocalBlobs blobs;

    @BeforeEach
    void openStore() {
        blobs = LocalBlobs.open(home.resolve("store"), Clock.systemUTC());
    }

    private ImportReport imported(String name) {
        Provenance from = new Provenance("a test", "test", "import", Map.of(), null, Instant.EPOCH);
        return new Ingest(blobs)
                .store(Conformance.root().resolve(name), Trust.OWN_FOLDER, Ingest.imported(from), LoadProgress.SILENT);
    }

    private SequenceRuntime open(ImportReport variant) {
        VariantView view = VariantView.create(variant.manifest(), blobs, home.resolve("views"));
        view.verify(2, LoadProgress.SILENT);
        return provider.open(
                ModelSource.of("m", view.model()), DeviceSpec.cpu(1), Conformance.EXACT_F32, LoadProgress.SILENT);
    }

    private static void assertAnswersOf(String name, SequenceRuntime runtime) {
        StepLoop loop = new StepLoop(runtime, 16);
        for (Conformance.Prompt prompt : Conformance.prompts(name)) {
            FakeSequence sequence = new FakeSequence(1, prompt.ids(), prompt.tokens().length);
            loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
            assertThat(sequence.generated()).isEqualTo(prompt.tokens());
            loop.free(sequence);
        }
    }

    /** The recipe's import makes the base's blobs younger, which must not make them others. */
    @Test
    void aBaseAndItsRecipeAreStoredOnceAndHeldOnce() {
        ImportReport base = imported("llama-deep");
        try (SequenceRuntime first = open(base)) {
            long held = first.heldAs().weightBytes();
            ImportReport recipe = imported("recipe-drop-blocks");
            assertThat(recipe.newBytes()).as("recipe.json alone").isLessThan(2000);
            try (SequenceRuntime second = open(recipe)) {
                assertThat(second.heldAs().weightBytes()).isPositive().isLessThanOrEqualTo(held);
                assertThat(first.residentBytes() - second.residentBytes())
                        .as("the recipe holds no weights of its own")
                        .isGreaterThanOrEqualTo(held);
                assertAnswersOf("llama-deep", first);
                assertAnswersOf("recipe-drop-blocks", second);
            }
        }
    }

    @Test
    void shardsAndRecipesWithWeightsAnswerAsTheyDidBefore() {
        for (String name : new String[] {"llama-sharded", "recipe-loop-lora"}) {
            try (SequenceRuntime runtime = open(imported(name))) {
                assertAnswersOf(name, runtime);
            }
        }
    }

    @Test
    void aRecipesOwnFileMustBeInItsFolder() throws IOException {
        Path recipe = Conformance.root().resolve("recipe-loop-lora");
        Path folder = Files.createDirectory(home.resolve("recipe"));
        Files.createSymbolicLink(home.resolve("llama-deep"), Conformance.root().resolve("llama-deep"));
        Files.copy(recipe.resolve("recipe.json"), folder.resolve("recipe.json"));
        Files.createSymbolicLink(folder.resolve("made.safetensors"), recipe.resolve("made.safetensors"));
        assertThatThrownBy(() -> OpenedModel.file(folder))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                .hasMessageContaining("made.safetensors is a link that leads out");
    }
}
