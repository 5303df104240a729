package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SameFunctionTest {

    private static SameFunction compared(String recipe) {
        Path folder = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", recipe);
        RecipeFile file = RecipeFile.read(folder.resolve(RecipeFile.NAME));
        try (OpenedModel base = RecipeOpener.base(file);
                OpenedModel made = RecipeOpener.open(file)) {
            return SameFunction.of(base, made, ScalarKernels::new, () -> 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"recipe-fold-layer-norm", "recipe-fold-layer-norm-tied", "recipe-fold-constant-norms"})
    void foldedNormsLeaveTheModelAsItIs(String recipe) {
        SameFunction same = compared(recipe).require("folding");
        assertThat(same.tokens()).isEqualTo(64);
        assertThat(same.difference()).isPositive();
    }

    @Test
    void buildsFoldsAndComparesThem(@TempDir Path folder) throws IOException {
        Path base = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", "gpt2-plain");
        Path recipe = folder.toRealPath().resolve(RecipeFile.NAME);
        Files.writeString(
                recipe,
                "{\"foretoken_recipe\": 1, \"base\": \"%s\", \"weights\": \"made.safetensors\", \"operations\": [{\"op\": \"fold-layer-norm\"}]}"
                        .formatted(recipe.getParent().relativize(base.toRealPath())));
        int made = new RecipeBuild(RecipeFile.read(recipe), LoadProgress.SILENT).run();
        assertThat(made).isEqualTo(2 + 2 * (3 + 2 + 1 + 2) + 1);
    }

    @Test
    void refusesWhatComputesSomethingElse() {
        SameFunction other = compared("recipe-low-rank");
        assertThatThrownBy(() -> other.require("low-rank"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("must not change the model");
    }
}
