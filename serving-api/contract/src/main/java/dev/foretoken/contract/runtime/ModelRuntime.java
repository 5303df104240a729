package dev.foretoken.contract.runtime;

/** An opened variant: sequences with caches, or plain tensors in and out. */
public sealed interface ModelRuntime extends AutoCloseable permits SequenceRuntime, TensorRuntime {

    /** Bytes of memory held apart from caches: weights and work space. */
    long residentBytes();

    /** Frees everything. No call may be running or follow. */
    @Override
    void close();
}
