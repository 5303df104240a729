package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.nativeruntime.kernels.Arithmetic;
import dev.foretoken.nativeruntime.kernels.KernelChoice;
import dev.foretoken.nativeruntime.kernels.KernelOptions;
import dev.foretoken.nativeruntime.kernels.KernelSelection;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.recipe.Recipe;
import dev.foretoken.nativeruntime.recipe.WeightReader;
import dev.foretoken.nativeruntime.weights.SafetensorsWriter;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes the tensors that only a recipe has, and writes its file. Made again it is the same file. */
final class RecipeBuild {

    private static final System.Logger LOG = System.getLogger(RecipeBuild.class.getName());

    private final RecipeFile file;
    private final LoadProgress progress;
    private final Map<String, float[]> made = new HashMap<>();

    RecipeBuild(RecipeFile file, LoadProgress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** Returns how many tensors were made. */
    int run() {
        try (OpenedModel base = RecipeOpener.base(file)) {
            Recipe recipe = Recipe.of(file, base.recipes().size());
            List<Making> makings = recipe.makings(base.plan());
            if (!makings.isEmpty()) {
                write(path(), makings, new WeightNumbers(base.weights()));
            }
            if (recipe.keepsFunction()) {
                compare(base);
            }
            return makings.stream().mapToInt(making -> making.tensors().size()).sum();
        }
    }

    /** In fp32, whatever the variant will be served in. */
    private void compare(OpenedModel base) {
        progress.update("comparing with the base", 0, 1);
        try (OpenedModel changed = RecipeOpener.open(file)) {
            KernelOptions options = KernelOptions.of(1, Arithmetic.EXACT);
            SameFunction same = SameFunction.of(
                            base,
                            changed,
                            () -> KernelSelection.open(KernelChoice.AUTO, options)
                                    .kernels(),
                            System::nanoTime)
                    .require(String.valueOf(file.path().getFileName()));
            LOG.log(
                    System.Logger.Level.INFO,
                    "Log-probabilities of {0} random tokens differ by {1} at most; a step of them took {2} us before, {3} us after",
                    same.tokens(),
                    "%.1e".formatted(same.difference()),
                    same.before() / 1000,
                    same.after() / 1000);
        }
        progress.update("comparing with the base", 1, 1);
    }

    private Path path() {
        return file.weightsPath()
                .orElseThrow(
                        () -> new ForetokenException(
                                ErrorCode.CONFIG_INVALID,
                                "the recipe makes new tensors and names no file for them; add \"weights\": \"made.safetensors\""));
    }

    private void write(Path path, List<Making> makings, WeightNumbers numbers) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        makings.forEach(making -> making.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape())));
        Map<String, String> about =
                Map.of("format", "pt", "recipe", String.valueOf(file.path().getFileName()));
        try (SafetensorsWriter writer = SafetensorsWriter.open(path, shapes, about)) {
            for (int i = 0; i < makings.size(); i++) {
                Making making = makings.get(i);
                progress.update(making.label(), i, makings.size());
                List<float[]> computed = making.numbers().compute(reader(numbers));
                for (int j = 0; j < computed.size(); j++) {
                    made.put(making.tensors().get(j).name(), computed.get(j));
                    writer.write(computed.get(j));
                }
            }
            writer.finish();
            progress.update("done", makings.size(), makings.size());
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, path.getFileName() + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** What was made so far is read as it is going to be stored. */
    private WeightReader reader(WeightNumbers base) {
        return new WeightReader() {
            @Override
            public float[] matrix(MatrixRef ref) {
                float[] whole = made.get(ref.tensor());
                return whole == null || !ref.isWhole() ? base.matrix(ref) : whole.clone();
            }

            @Override
            public float[] vector(VectorRef ref) {
                float[] whole = made.get(ref.tensor());
                if (whole == null) {
                    return base.vector(ref);
                }
                float[] picked = new float[ref.size()];
                for (int i = 0; i < picked.length; i++) {
                    picked[i] = whole[Math.toIntExact(ref.storedIndex(i))] + ref.plus();
                }
                return picked;
            }
        };
    }
}
