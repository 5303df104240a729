package dev.foretoken.contract.runtime;

/**
 * What a runtime chose to compute with, for logs and metrics.
 *
 * @param path implementation, instruction set and arithmetic
 * @param threads that compute
 * @param cpus they keep to
 */
public record ComputeInfo(String path, int threads, CpuList cpus) {}
