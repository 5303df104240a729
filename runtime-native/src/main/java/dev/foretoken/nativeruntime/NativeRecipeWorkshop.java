package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RecipeReport;
import dev.foretoken.contract.runtime.RecipeWorkshop;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.HeadSearch;
import dev.foretoken.nativeruntime.recipe.NewNames;
import dev.foretoken.nativeruntime.recipe.Outcome;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import dev.foretoken.registry.recipe.RecipeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads plans and headers; makes what a recipe lacks. */
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
            return new RecipeReport(
                    base.architecture(),
                    steps,
                    PlanCost.of(base, model.weights()),
                    PlanCost.of(model.plan(), model.weights()),
                    PlanCost.weightBytes(model.plan(), model.weights(), NewNames::isNew));
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

    @Override
    public List<List<Integer>> alikeHeads(ModelSource source, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "a share of %s of heads; expected above 0 and at most 1".formatted(share));
        }
        try (OpenedModel model = OpenedModel.open(source)) {
            return HeadSearch.find(model.plan(), new WeightNumbers(model.weights())::matrix, share);
        }
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
}
