package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * Says what a recipe makes of its base, and computes what the recipe needs. Found by {@link java.util.ServiceLoader}, as {@link
 * RuntimeProvider} is.
 */
public interface RecipeWorkshop {

    /**
     * Reads headers only.
     *
     * @throws dev.foretoken.contract.ForetokenException what {@link RuntimeProvider#open} throws, and CONFIG_INVALID for what is no recipe
     */
    RecipeReport inspect(ModelSource recipe);

    /**
     * Computes the tensors that only the recipe has, and writes them into the file that it names.
     *
     * @return how many
     * @throws dev.foretoken.contract.ForetokenException what {@link #inspect} throws, and CONFIG_INVALID where nothing can be written
     */
    int build(ModelSource recipe, LoadProgress progress);

    /**
     * Finds the heads that are most like heads of lower blocks, by weights alone (DirectShare, Cao 2024).
     *
     * @param share of all groups of heads, above 0 and at most 1
     * @return block, KV head, lower block, its KV head; the most alike first
     * @throws dev.foretoken.contract.ForetokenException what {@link RuntimeProvider#open} throws, and CONFIG_INVALID for another share
     */
    List<List<Integer>> alikeHeads(ModelSource model, double share);
}
