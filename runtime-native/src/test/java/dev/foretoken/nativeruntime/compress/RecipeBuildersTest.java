package dev.foretoken.nativeruntime.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every method. */
final class RecipeBuildersTest {

    @TempDir
    private Path folder;

    private static final Map<String, Map<String, String>> PARAMETERS = Map.of(
            "kv-share", Map.of("layers", "2", "threshold", "-1", "tokens", "16"),
            "drop", Map.of("attention", "1", "mlp", "2"),
            "fold", Map.of(),
            "low-rank", Map.of("size", "0.7", "tensors", "*layers.1.*,*layers.2.mlp*"),
            "prune", Map.of("flops", "0.7"),
            "slices", Map.of("widths", "32,64,96,32"));

    static Stream<VariantBuilder> builders() {
        return RecipeBuilders.all().stream();
    }

    private static Map<String, String> parameters(VariantBuilder builder) {
        return PARAMETERS.get(builder.method().name());
    }

    private static void requireEqual(Map<String, byte[]> one, Map<String, byte[]> other) {
        assertThat(one.keySet()).isEqualTo(other.keySet()).contains("recipe.json");
        one.forEach((name, bytes) -> assertThat(other.get(name)).as(name).isEqualTo(bytes));
    }

    @ParameterizedTest
    @MethodSource("builders")
    void anInterruptedBuildGoesOnAndGivesTheSameFiles(VariantBuilder builder) throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            TinyBuild.Order whole = tiny.order();
            TinyBuild.Watch watch = new TinyBuild.Watch(Integer.MAX_VALUE);
            builder.build(tiny.job(builder, whole, parameters(builder), 1, watch));
            TinyBuild.Order interrupted = tiny.order();
            int all = watch.steps();
            assertThatThrownBy(() -> builder.build(
                            tiny.job(builder, interrupted, parameters(builder), 1, new TinyBuild.Watch(all * 2 / 3))))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
            TinyBuild.Watch rest = new TinyBuild.Watch(Integer.MAX_VALUE);
            builder.build(tiny.job(builder, interrupted, parameters(builder), 1, rest));
            assertThat(rest.steps()).isLessThan(all);
            requireEqual(whole.files(), interrupted.files());
        }
    }

    @ParameterizedTest
    @MethodSource("builders")
    void theNumberOfThreadsDoesNotMatter(VariantBuilder builder) throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            TinyBuild.Order one = tiny.order();
            TinyBuild.Order two = tiny.order();
            TinyBuild.Watch watch = new TinyBuild.Watch(Integer.MAX_VALUE);
            BuildResult first = builder.build(tiny.job(builder, one, parameters(builder), 1, watch));
            BuildResult second = builder.build(tiny.job(builder, two, parameters(builder), 2, watch));
            requireEqual(one.files(), two.files());
            assertThat(second).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @MethodSource("builders")
    void factsCanBeWrittenAndSayWhatChanged(VariantBuilder builder) throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            BuildResult result = tiny.build(builder, tiny.order(), parameters(builder));
            assertThat(result.output()).isEqualTo(BuildResult.Output.RECIPE);
            assertThat(result.facts()).containsKeys("before", "after");
            assertThat(result.facts().get("after")).isNotEqualTo(result.facts().get("before"));
            assertThat(new ObjectMapper().writeValueAsString(result.facts())).contains("kv_bytes_per_token");
        }
    }
}
