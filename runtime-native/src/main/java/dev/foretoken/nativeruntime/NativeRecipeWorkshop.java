package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeReport;
import dev.foretoken.contract.runtime.RecipeWorkshop;
import dev.foretoken.nativeruntime.cache.CacheLayout;
import dev.foretoken.nativeruntime.cache.StateLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.recipe.NewNames;
import dev.foretoken.nativeruntime.recipe.Outcome;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.registry.recipe.RecipeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads plans and headers, and counts what they ask for; makes what a recipe lacks. */
public final class NativeRecipeWorkshop implements RecipeWorkshop {

    @Override
    public RecipeReport inspect(ModelSource source) {
        try (OpenedModel model = OpenedModel.open(source)) {
            if (model.recipes().isEmpty()) {
                throw noRecipe(source);
            }
            ModelPlan base = model.recipes().getFirst().before();
            List<RecipeReport.Step> steps = new ArrayList<>();
            model.recipes().forEach(applied -> addSteps(applied, steps));
            long own = model.plan().matrices().stream()
                    .filter(ref -> NewNames.isNew(ref.tensor()))
                    .mapToLong(model.weights()::bytes)
                    .sum();
            return new RecipeReport(
                    base.architecture(), steps, cost(base, model.weights()), cost(model.plan(), model.weights()), own);
        }
    }

    @Override
    public int build(ModelSource source, LoadProgress progress) {
        Path path = Path.of(source.location());
        if (!RecipeFile.isAt(path)) {
            throw noRecipe(source);
        }
        return new RecipeBuild(RecipeFile.read(path), progress).run();
    }

    private static ForetokenException noRecipe(ModelSource source) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "'%s' is a checkpoint, not a recipe; give a recipe's *.json or its folder".formatted(source.name()));
    }

    private static void addSteps(AppliedRecipe applied, List<RecipeReport.Step> steps) {
        List<Outcome> outcomes = applied.recipe().outcomes(applied.before());
        for (int i = 0; i < outcomes.size(); i++) {
            steps.add(new RecipeReport.Step(
                    applied.recipe().operations().get(i).name(), outcomes.get(i).did()));
        }
    }

    private static RecipeReport.Cost cost(ModelPlan plan, WeightSource weights) {
        long matrices = 0;
        for (MatrixRef ref : plan.matrices()) {
            matrices += weights.bytes(ref);
        }
        long vectors = plan.vectors().stream().mapToLong(VectorRef::size).sum() * Float.BYTES;
        CacheLayout caches = CacheLayout.of(plan, KvType.BF16);
        long block = 0;
        for (int kind = 0; kind < caches.kv().kinds(); kind++) {
            block += caches.spec().unitBytes(kind);
        }
        return new RecipeReport.Cost(
                matrices + vectors,
                block / caches.spec().blockTokens(),
                StateLayout.of(plan).slotBytes());
    }
}
