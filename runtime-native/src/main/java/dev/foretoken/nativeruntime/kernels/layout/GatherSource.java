package dev.foretoken.nativeruntime.kernels.layout;

/** A table whose rows can be copied out as fp32 by index: an embedding. Tied embeddings are gathered from the packed output matrix. */
public sealed interface GatherSource permits RowTable, WeightMatrix {
    int rows();

    int columns();
}
