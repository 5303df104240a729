package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.NewNames;
import dev.foretoken.nativeruntime.recipe.Recipe;
import dev.foretoken.nativeruntime.weights.RecipeWeights;
import dev.foretoken.nativeruntime.weights.TensorFile;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens the base of a recipe, which may be made by a recipe itself, and applies the operations. */
final class RecipeOpener {

    private RecipeOpener() {}

    /**
     * As {@link OpenedModel#open}.
     *
     * @throws ForetokenException CONFIG_INVALID where an operation does not fit the base
     */
    static OpenedModel open(RecipeFile file) {
        OpenedModel base = base(file);
        WeightSource held = base.weights();
        try {
            Recipe recipe = Recipe.of(file, base.recipes().size());
            ModelPlan plan = recipe.apply(base.plan());
            held = RecipeWeights.open(held, weights(file), file.text(), NewNames::isNew);
            held.requireAllOf(plan);
            List<AppliedRecipe> recipes = new ArrayList<>(base.recipes());
            recipes.add(new AppliedRecipe(recipe, base.plan()));
            return new OpenedModel(plan, held, recipes);
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    /** What the recipe changes. */
    static OpenedModel base(RecipeFile file) {
        Optional<Path> path = file.basePath();
        if (path.isEmpty()) {
            return OpenedModel.random(file.base().substring(file.base().indexOf(':') + 1));
        }
        if (PredictionFile.isAt(path.get())) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the base of the recipe %s is a prediction; change its base, and bind the result anew"
                            .formatted(file.path().getFileName()));
        }
        RecipeFile.checkpointOf(path.get());
        return OpenedModel.file(path.get());
    }

    private static Optional<Path> weights(RecipeFile file) {
        Optional<Path> path = file.weightsPath();
        if (path.isPresent() && !TensorFile.isAt(path.get())) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the recipe's file %s is not there; make it with: foretoken recipe build %s"
                            .formatted(path.get().getFileName(), file.path().getFileName()));
        }
        return path;
    }
}
