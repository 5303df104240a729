package dev.foretoken.contract.runtime;

/** A LoRA adapter that was read and packed for one runtime, which owns it once {@link CacheCommand.LoadAdapter} was applied. */
public interface AdapterWeights extends AutoCloseable {

    /** The largest of its matrices' ranks. */
    int rank();

    /** Memory held. */
    long bytes();

    @Override
    void close();
}
