package dev.foretoken.nativeruntime.plan;

/** Names a vector [size] of a checkpoint: a norm's weight or a bias. */
public record VectorRef(String tensor, int size) {}
