package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * What a recipe makes of its base.
 *
 * @param steps one per operation, in order
 * @param ownBytes of tensors that only the recipe has
 */
public record RecipeReport(String architecture, List<Step> steps, Cost base, Cost variant, long ownBytes) {

    public RecipeReport {
        steps = List.copyOf(steps);
    }

    /**
     * An operation.
     *
     * @param did what it did to this base, a sentence without a full stop
     */
    public record Step(String operation, String did) {}

    /**
     * What a model costs.
     *
     * @param weightBytes of all weights that are read, as they are stored
     * @param kvBytesPerToken of K and V in two bytes per element
     * @param stateBytes of the recurrent state of a sequence
     */
    public record Cost(long weightBytes, long kvBytesPerToken, long stateBytes) {}
}
