package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;

/**
 * Which matrices are replaced by products, and how much of one may be lost.
 *
 * @param tensors names, {@code *} stands for anything
 * @param maxError of the norm of a matrix
 */
record Factoring(List<String> tensors, double maxError) {

    static Factoring read(RecipeFields fields) {
        return of(fields.texts("tensors", 64), fields);
    }

    static Factoring of(List<String> tensors, RecipeFields fields) {
        return new Factoring(tensors, fields.has("max_error") ? fields.number("max_error", 0, 1) : 1);
    }

    LinearEdit edit() {
        return new LinearEdit(tensors);
    }

    /** @throws ForetokenException CONFIG_INVALID */
    void require(String tensor, double error) {
        if (error > maxError) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s loses %.4f of its norm, max_error allows %s; take more of it, or leave it out of \"tensors\""
                            .formatted(tensor, error, maxError));
        }
    }
}
