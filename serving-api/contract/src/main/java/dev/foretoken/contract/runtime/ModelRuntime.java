package dev.foretoken.contract.runtime;

import java.util.List;
import java.util.Optional;

/** An opened variant: sequences with caches, or plain tensors in and out. */
public sealed interface ModelRuntime extends AutoCloseable permits SequenceRuntime, TensorRuntime {

    /**
     * Bytes of memory held apart from caches: weights and work space. What several models of a process share counts for one of them, so the
     * number grows when that one is closed. May be asked from any thread, after {@link #close} too.
     */
    long residentBytes();

    /** What it computes with, where that is worth telling. */
    default Optional<ComputeInfo> compute() {
        return Optional.empty();
    }

    /** How its weights and caches lie in memory, where that is known. */
    default HeldAs heldAs() {
        return HeldAs.UNKNOWN;
    }

    /** What experts were given so far: one for each layer of the base model that has experts, in order. The same objects every time. */
    default List<ExpertLoad> expertLoads() {
        return List.of();
    }

    /** Frees everything. No call may be running or follow. */
    @Override
    void close();
}
