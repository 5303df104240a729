package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlanValidator;
import dev.foretoken.registry.recipe.RecipeFields;
import dev.foretoken.registry.recipe.RecipeFile;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations that turn the plan of a base into that of a variant.
 *
 * @param depth how many recipes the base already is
 */
public record Recipe(RecipeFile file, int depth, List<Operation> operations) {

    public Recipe {
        operations = List.copyOf(operations);
    }

    /**
     * Reads all operations.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT for what is no field or out of range
     */
    public static Recipe of(RecipeFile file, int depth) {
        List<Operation> operations = new ArrayList<>();
        for (RecipeFields fields : file.operations()) {
            operations.add(OperationReader.read(fields));
        }
        return new Recipe(file, depth, operations);
    }

    /** One entry per operation: what it made of what the one before had made. Every plan can be computed. */
    public List<Outcome> outcomes(ModelPlan base) {
        List<Outcome> outcomes = new ArrayList<>();
        ModelPlan plan = base;
        for (int i = 0; i < operations.size(); i++) {
            Outcome outcome = operations.get(i).apply(plan, names(i));
            plan = PlanValidator.validated(outcome.plan());
            outcomes.add(outcome);
        }
        return outcomes;
    }

    public ModelPlan apply(ModelPlan base) {
        return outcomes(base).getLast().plan();
    }

    /** Whether it computes the same as its base, but for rounding. */
    public boolean keepsFunction() {
        return operations.stream().allMatch(Operation::keepsFunction);
    }

    /** All that {@code recipe build} computes, in an order in which each needs only what came before. */
    public List<Making> makings(ModelPlan base) {
        List<Making> makings = new ArrayList<>();
        ModelPlan plan = base;
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            makings.addAll(operation.makings(plan, names(i)));
            plan = operation.apply(plan, names(i)).plan();
        }
        return makings;
    }

    private NewNames names(int operation) {
        return new NewNames(depth, operation);
    }
}
