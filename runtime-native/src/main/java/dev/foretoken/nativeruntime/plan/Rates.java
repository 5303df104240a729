package dev.foretoken.nativeruntime.plan;

/**
 * How fast a state fades, as negative numbers.
 *
 * @param logarithms whether logarithms of their magnitudes are stored ({@code A_log}), else the numbers themselves
 */
public record Rates(VectorRef vector, boolean logarithms) {}
