package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildResult;

/** Makes variants by one method. Keeps nothing between builds. */
public interface VariantBuilder {

    BuildMethod method();

    /** As {@link dev.foretoken.contract.runtime.VariantWorkshop#build}; the parameters' names and choices were checked. */
    BuildResult build(BuildJob job);
}
