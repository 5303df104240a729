package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes that builds wrote can be opened, and cost what the builds say. */
final class BuiltRecipesTest {

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

    private BuildResult build(Path base, Path output, String method, String parameters) throws IOException {
        Random random = new Random(1);
        List<int[]> texts = IntStream.range(0, 6)
                .mapToObj(i -> random.ints(70, 0, 96).toArray())
                .toList();
        Map<String, String> given = Stream.of(parameters.split(" "))
                .map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        Path scratch = Files.createTempDirectory(folder, "scratch");
        BuildResult result = new NativeVariantWorkshop()
                .build(
                        new BuildOrder(
                                ModelSource.of("base", base),
                                method,
                                given,
                                texts,
                                Files.createDirectory(output),
                                scratch,
                                2),
                        SILENT);
        copy(base, output.resolve("base"));
        return result;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    private static RecipeReport inspect(Path recipe) {
        return new NativeRecipeWorkshop().inspect(ModelSource.of("recipe", recipe));
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2-bias, prune, flops=0.8",
        "gpt2-plain, prune, flops=0.8",
        "phi3-window, prune, flops=0.8",
        "gemma2-capped, kv-share, layers=1 threshold=-1",
        "falcon-h1-f32, drop, mlp=1",
        "phi3-window, low-rank, size=0.8",
        "gpt2-plain, low-rank, energy=0.8",
        "olmo2-norms, slices, widths=half",
        "gpt2-plain, fold, blocks=0",
    })
    void costWhatTheBuildSays(String base, String method, String parameters) throws IOException {
        Path output = folder.resolve("output");
        BuildResult result = build(Conformance.root().resolve(base), output, method, parameters);
        RecipeReport.Cost cost = inspect(output).variant();
        assertThat(((Map<?, ?>) result.facts().get("after")).get("kv_bytes_per_token"))
                .isEqualTo(cost.kvBytesPerToken());
        assertThat(cost.weightBytes() + cost.kvBytesPerToken())
                .isLessThan(inspect(output).base().weightBytes()
                        + inspect(output).base().kvBytesPerToken());
    }

    @Test
    void aRecipeIsBuiltOverARecipe() throws IOException {
        Path base = Conformance.root().resolve("llama-deep");
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        build(base, first, "low-rank", "energy=0.5 tensors=*layers.0.mlp*");
        build(first, second, "low-rank", "energy=0.5 tensors=*layers.1.mlp*");
        assertThat(inspect(second).steps()).hasSize(2);
        assertThat(inspect(second).variant().weightBytes())
                .isLessThan(inspect(first).variant().weightBytes());
    }
}
