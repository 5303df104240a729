package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * Makes variants of a model: quantized, pruned, shared ones. Found by {@link java.util.ServiceLoader}, as {@link RuntimeProvider} is. A build
 * runs on the caller's thread and on {@link BuildOrder#threads} of its own, which end with it.
 */
public interface VariantWorkshop {

    /** In the order in which they are shown; names are unique. */
    List<BuildMethod> methods();

    /**
     * Makes one variant. What an interrupted build of the same order left in {@link BuildOrder#scratch} is used, and the result is the same as
     * without the interruption, byte for byte.
     *
     * @throws dev.foretoken.contract.ForetokenException what {@link RuntimeProvider#open} throws; CONFIG_INVALID for an unknown method, an
     *     unknown or wrong parameter, missing calibration, and where nothing can be written; MODEL_UNSUPPORTED where the method cannot change
     *     such a model; CANCELLED when {@link BuildWatch#cancelled} says so
     */
    BuildResult build(BuildOrder order, BuildWatch watch);
}
