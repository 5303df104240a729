package dev.foretoken.registry.transfer;

import dev.foretoken.contract.runtime.LoadProgress;

/** Told how far a pull has come; whatever it throws ends the pull. */
@FunctionalInterface
public interface PullWatch extends LoadProgress {

    /** Everything is here and checked, and is about to become a version: from now on the thread must not be interrupted. */
    default void arrived() {}
}
