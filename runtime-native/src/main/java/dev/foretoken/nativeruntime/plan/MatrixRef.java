package dev.foretoken.nativeruntime.plan;

/** Names a weight matrix [rows = outputs, columns = inputs] of a checkpoint. Equal references share one copy. */
public record MatrixRef(String tensor, int rows, int columns) {}
