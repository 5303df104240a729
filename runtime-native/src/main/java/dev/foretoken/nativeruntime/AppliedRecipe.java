package dev.foretoken.nativeruntime;

import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Recipe;

/**
 * A recipe and what it was applied to.
 *
 * @param before the plan of its base
 */
record AppliedRecipe(Recipe recipe, ModelPlan before) {}
