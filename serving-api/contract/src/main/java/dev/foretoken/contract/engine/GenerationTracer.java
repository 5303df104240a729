package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.GenerationRequest;
import java.util.function.Supplier;

/** Sees every request that an engine takes, from its submission to its last event. Safe for any thread. */
@FunctionalInterface
public interface GenerationTracer {

    /** Sees nothing and costs nothing. */
    GenerationTracer OFF = (request, submit) -> submit.get();

    /**
     * Submits, and returns what the reader shall read: the same events.
     *
     * @throws dev.foretoken.contract.ForetokenException what {@code submit} throws
     */
    Generation follow(GenerationRequest request, Supplier<Generation> submit);
}
