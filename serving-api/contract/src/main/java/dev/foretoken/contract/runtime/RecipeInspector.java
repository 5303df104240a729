package dev.foretoken.contract.runtime;

/** Says what a recipe makes of its base, without computing. Found by {@link java.util.ServiceLoader}, as {@link RuntimeProvider} is. */
public interface RecipeInspector {

    /**
     * Reads headers only.
     *
     * @throws dev.foretoken.contract.ForetokenException what {@link RuntimeProvider#open} throws, and CONFIG_INVALID for what is no recipe
     */
    RecipeReport inspect(ModelSource recipe);
}
