package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.Binding;

/** Caches of one kind, of all layers and slots. */
sealed interface Caches extends AutoCloseable permits SharedCaches, GrowingCaches, StateCaches {

    /** Whether rows that run together must be adjacent physical rows. */
    boolean needsAdjacentRows();

    /** Makes a slot, which lies in a physical row, that of a sequence without tokens. */
    void begin(int slot, int row);

    /** Exchanges two physical rows, of whose caches the first {@code tokens...} tokens count. */
    void exchange(int row, int tokens, int otherRow, int otherTokens);

    /** Says where the run finds its caches and leaves them. */
    void bind(Binding binding, RunRows run);

    /** The bound run is over. */
    void ran(RunRows run);

    CacheTraffic traffic();

    @Override
    void close();
}
