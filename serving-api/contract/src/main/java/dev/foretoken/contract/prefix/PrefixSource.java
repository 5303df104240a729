package dev.foretoken.contract.prefix;

import java.util.Optional;

/** An engine that tells which prefixes it holds. */
public interface PrefixSource {

    /** How its keys are made: {@link PrefixHasher#scheme}. */
    long scheme();

    /** Begins to follow a model; empty where it is not loaded or finds nothing again. */
    Optional<PrefixFeed> follow(String model);
}
