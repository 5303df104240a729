package dev.foretoken.nativeruntime.recipe;

/**
 * Names of the tensors that one operation of a recipe makes. No checkpoint's tensor begins as they do, and those of recipes that change
 * recipes are told apart.
 *
 * @param recipe a number of the recipe among those that change one another, the innermost being 0
 * @param operation its index in the recipe
 */
public record NewNames(int recipe, int operation) {

    private static final String PREFIX = "foretoken.recipe.";

    /** {@code what}: distinct within the operation. */
    public String of(String what) {
        return "%s%d.%d.%s".formatted(PREFIX, recipe, operation, what);
    }

    /** Whether a recipe made it. */
    public static boolean isNew(String tensor) {
        return tensor.startsWith(PREFIX);
    }
}
