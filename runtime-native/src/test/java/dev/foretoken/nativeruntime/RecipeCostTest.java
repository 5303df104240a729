package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code recipe show} counts, for every operation. */
final class RecipeCostTest {

    static Stream<String> recipes() {
        return Conformance.names().stream().filter(name -> name.startsWith("recipe-"));
    }

    private static RecipeReport inspect(String name) {
        return new NativeRecipeWorkshop()
                .inspect(ModelSource.of(name, Conformance.root().resolve(name)));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void newTensorsAreAllOfTheRecipesFile(String name) throws IOException {
        Path file = Conformance.root().resolve(name).resolve("made.safetensors");
        assertThat(inspect(name).ownBytes()).isEqualTo(Files.exists(file) ? tensorBytes(file) : 0);
    }

    /** What is behind the header and the eight bytes with its length. */
    private static long tensorBytes(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return all.length
                - 8
                - ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** Elements of the base that the variant does not read, as if all were of bf16: those of fp32, such as norms, count twice. */
    @ParameterizedTest
    @CsvSource({
        "recipe-alias-heads, 13824",
        "recipe-alias-heads-narrow, 13824",
        "recipe-constant-norms, 1248",
        "recipe-drop-blocks, 41856",
        "recipe-drop-sublayers, 27936",
        "recipe-fold-constant-norms, 88800",
        "recipe-fold-layer-norm, 85152",
        "recipe-kv-both, 6912",
        "recipe-kv-separate, 6144",
        "recipe-kv-values, 5760",
        "recipe-kv-window-reader, 6912",
        "recipe-kv-windows, 4608",
        "recipe-loop, 41856",
        "recipe-loop-lora, 83712",
        "recipe-loop-norms, 46080",
        "recipe-low-rank, 69120",
        "recipe-prune, 28800",
        "recipe-prune-bias, 12800",
        "recipe-prune-norms, 36864",
        "recipe-share-groups, 62784",
        "recipe-share-norms, 23040",
        "recipe-sparse-expanded, 41472",
        "recipe-sparse-factored, 41472",
        "recipe-width-each, 27648",
        "recipe-width-rounded, 18432",
    })
    void untouchedWeightsCountOnce(String name, long lackingElements) {
        RecipeReport report = inspect(name);
        long kept = report.variant().weightBytes() - report.ownBytes();
        assertThat(report.base().weightBytes() - kept).isEqualTo(2 * lackingElements);
    }
}
