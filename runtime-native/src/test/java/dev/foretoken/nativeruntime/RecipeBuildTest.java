package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code recipe build} writes, and what {@code recipe show} says. */
final class RecipeBuildTest {

    private static final String LOOPED = "recipe-loop-lora";

    @TempDir
    private Path folder;

    private final NativeRecipeWorkshop workshop = new NativeRecipeWorkshop();

    /** The recipe of a checkpoint in a folder without its tensors. */
    private ModelSource bare(String replaced, String replacement) throws IOException {
        Path root = Conformance.root().toRealPath();
        String text = Files.readString(root.resolve(LOOPED).resolve("recipe.json"))
                .replace("..", folder.toRealPath().relativize(root).toString())
                .replace(replaced, replacement);
        return ModelSource.of("built", Files.writeString(folder.resolve("recipe.json"), text));
    }

    @Test
    void madeAdditionsGiveTheGoldenNumbers() throws IOException {
        ModelSource recipe = bare("", "");
        assertThat(workshop.build(recipe, LoadProgress.SILENT)).isEqualTo(5 * 7 * 2);
        try (StepLoop loop = new StepLoop(
                new NativeRuntimeProvider().open(recipe, DeviceSpec.cpu(1), Conformance.EXACT_F32, LoadProgress.SILENT),
                16)) {
            Conformance.Prompt prompt = Conformance.prompts(LOOPED).get(3);
            FakeSequence sequence = new FakeSequence(1, prompt.ids(), prompt.tokens().length).reporting(5, 0);
            loop.generate(sequence, prompt.tokens().length, Integer.MAX_VALUE);
            assertThat(sequence.generated()).isEqualTo(prompt.tokens());
            for (int i = 0; i < prompt.tokens().length; i++) {
                assertThat((double) sequence.details.get(i).logprob()).isCloseTo(prompt.logprobs()[i], within(1e-3));
            }
        }
    }

    @Test
    void theSameRecipeMakesTheSameFile() throws IOException {
        ModelSource recipe = bare("", "");
        workshop.build(recipe, LoadProgress.SILENT);
        byte[] first = Files.readAllBytes(folder.resolve("made.safetensors"));
        workshop.build(recipe, LoadProgress.SILENT);
        assertThat(Files.readAllBytes(folder.resolve("made.safetensors"))).isEqualTo(first);
        assertThat(folder.resolve("made.safetensors.partial")).doesNotExist();
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        ModelSource recipe = bare("", "");
        assertThatThrownBy(() -> workshop.inspect(recipe)).hasMessageContaining("foretoken recipe build recipe.json");
        ModelSource nameless = bare("\"weights\": \"made.safetensors\",", "");
        assertThatThrownBy(() -> workshop.build(nameless, LoadProgress.SILENT)).hasMessageContaining("add \"weights\"");
        ModelSource plain = ModelSource.of("llama-deep", Conformance.root().resolve("llama-deep"));
        assertThatThrownBy(() -> workshop.inspect(plain)).hasMessageContaining("not a recipe");
    }

    @Test
    void reportsBothCosts() {
        RecipeReport report =
                workshop.inspect(ModelSource.of("r", Conformance.root().resolve("recipe-kv-values")));
        assertThat(report.steps()).extracting(RecipeReport.Step::operation).containsExactly("kv-map");
        // 6 layers of 2 heads with 12 key elements and 12 value elements, which take 16
        assertThat(report.base().kvBytesPerToken()).isEqualTo(6 * 2 * (12 + 16) * 2);
        assertThat(report.variant().kvBytesPerToken()).isEqualTo(2 * (6 * 12 + 16) * 2);
        assertThat(report.base().weightBytes() - report.variant().weightBytes()).isEqualTo(5 * 24 * 48 * 2);
        assertThat(report.ownBytes()).isZero();
    }
}
