package dev.foretoken.nativeruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.recipe.HeadSearch;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.recipe.WeightReader;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.registry.recipe.RecipeFile;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operations compute is what the second implementation of their formulas, which made the conformance recipes, computed. */
final class RecipeMakingsTest {

    private static final Path CONFORMANCE =
            Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance");

    private record Reader(WeightSource source, Arena arena) implements WeightReader {
        @Override
        public float[] matrix(MatrixRef ref) {
            RowTable table = ((StoredMatrix.Floats) source.matrix(ref, arena)).table();
            float[] numbers = new float[ref.rows() * ref.columns()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = table.at(i / ref.columns(), i % ref.columns());
            }
            return numbers;
        }

        @Override
        public float[] vector(VectorRef ref) {
            return source.vector(ref, arena).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static OpenedModel open(String name) {
        return RecipeOpener.open(RecipeFile.read(CONFORMANCE.resolve(name).resolve(RecipeFile.NAME)));
    }

    private static Map<String, float[]> computed(OpenedModel model, Arena arena) {
        AppliedRecipe applied = model.recipes().getLast();
        Reader reader = new Reader(model.weights(), arena);
        Map<String, float[]> computed = new HashMap<>();
        for (Making making : applied.recipe().makings(applied.before())) {
            List<float[]> numbers = making.numbers().compute(reader);
            for (int i = 0; i < numbers.size(); i++) {
                computed.put(making.tensors().get(i).name(), numbers.get(i));
            }
        }
        return computed;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "recipe-fold-layer-norm",
                "recipe-fold-layer-norm-tied",
                "recipe-fold-constant-norms",
                "recipe-prune-bias"
            })
    void makesTheNumbersThatWereStored(String name) {
        try (OpenedModel model = open(name);
                Arena arena = Arena.ofShared()) {
            Map<String, float[]> computed = computed(model, arena);
            Reader stored = new Reader(model.weights(), arena);
            for (MatrixRef ref : model.plan().matrices()) {
                same(computed.remove(ref.tensor()), stored.matrix(ref), ref.tensor());
            }
            for (VectorRef ref : model.plan().vectors()) {
                same(computed.remove(ref.tensor()), stored.vector(ref), ref.tensor());
            }
            assertThat(computed).as("numbers for which nothing has a use").isEmpty();
        }
    }

    private static void same(float @org.jspecify.annotations.Nullable [] computed, float[] stored, String tensor) {
        if (computed == null) {
            return;
        }
        for (int i = 0; i < stored.length; i++) {
            assertThat(computed[i]).as("%s, number %d", tensor, i).isCloseTo(stored[i], within(1e-6f));
        }
    }

    @Test
    void factorsIntoTheSameProducts() {
        try (OpenedModel model = open("recipe-low-rank");
                Arena arena = Arena.ofShared()) {
            Map<String, float[]> computed = computed(model, arena);
            Reader stored = new Reader(model.weights(), arena);
            int pairs = 0;
            for (MatrixRef up : model.plan().matrices()) {
                if (up.tensor().endsWith(".up")) {
                    String down = up.tensor().replaceAll("up$", "down");
                    int columns = computed.get(down).length / up.columns();
                    MatrixRef other = new MatrixRef(down, up.columns(), columns);
                    float[] expected = product(stored.matrix(up), stored.matrix(other), up.columns());
                    same(product(computed.get(up.tensor()), computed.get(down), up.columns()), expected, up.tensor());
                    pairs++;
                }
            }
            assertThat(pairs).isEqualTo(18);
        }
    }

    private static float[] product(float[] up, float[] down, int rank) {
        int columns = down.length / rank;
        float[] made = new float[up.length / rank * columns];
        for (int i = 0; i < made.length; i++) {
            double sum = 0;
            for (int j = 0; j < rank; j++) {
                sum += (double) up[i / columns * rank + j] * down[j * columns + i % columns];
            }
            made[i] = (float) sum;
        }
        return made;
    }

    @Test
    void findsHeadsThatAreCopiesOfLowerOnes() {
        try (OpenedModel model = open("recipe-alias-heads");
                Arena arena = Arena.ofShared()) {
            Reader reader = new Reader(model.weights(), arena);
            Function<MatrixRef, float[]> copied = ref -> {
                String tensor = ref.tensor().replace("layers.3.self_attn.", "layers.1.self_attn.");
                return reader.matrix(new MatrixRef(tensor, ref.shape(), ref.view(), ref.rows(), ref.columns()));
            };
            List<List<Integer>> found =
                    HeadSearch.find(model.recipes().getLast().before(), copied, 0.25);
            assertThat(found).containsExactlyInAnyOrder(List.of(3, 0, 1, 0), List.of(3, 1, 1, 1));
        }
    }

    @Test
    void findsAsManyHeadsAsTheShareSaysAndRefusesOthers() {
        NativeRecipeWorkshop workshop = new NativeRecipeWorkshop();
        ModelSource base = ModelSource.of("base", Conformance.root().resolve("llama-deep"));
        List<List<Integer>> found = workshop.alikeHeads(base, 0.5);
        assertThat(found)
                .hasSize(6)
                .allSatisfy(alias -> assertThat(alias.get(2)).isLessThan(alias.get(0)));
        assertThatThrownBy(() -> workshop.alikeHeads(base, 1.5)).hasMessageContaining("expected above 0 and at most 1");
    }
}
