package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildResult;

/** Makes variants by one method. Keeps nothing between builds. */
public interface VariantBuilder {

    BuildMethod method();

    /** Whether it makes other files than the base's, which is not done to a base that comes with a prediction for it alone. */
    default boolean makesFiles() {
        return true;
    }

    /** As {@link dev.foretoken.contract.runtime.VariantWorkshop#build}; the parameters' names and choices were checked. */
    BuildResult build(BuildJob job);
}
