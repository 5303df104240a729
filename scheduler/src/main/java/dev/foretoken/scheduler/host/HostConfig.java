package dev.foretoken.scheduler.host;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.scheduler.tensor.TensorConfig;
import java.time.Duration;

/**
 * What one process may use, over all its variants.
 *
 * @param memoryBudgetBytes weights and caches together; 0 = {@code memoryPercent} of the machine's or the container's memory
 * @param memoryPercent share of physical memory when no bytes are given
 * @param cacheBytes cache of each variant; 0 = room for its running sequences, at most half of what the budget has left
 * @param stopTimeout how long a loop may take to end after its sequences were failed
 * @param residency how models take turns in memory
 * @param tensors how requests of graphs are joined and queued
 */
public record HostConfig(
        long memoryBudgetBytes,
        int memoryPercent,
        long cacheBytes,
        Duration stopTimeout,
        ResidencyConfig residency,
        TensorConfig tensors) {

    public static final HostConfig DEFAULT = new HostConfig(0, 70, 0, Duration.ofSeconds(30));

    /** With the usual turns and joins. */
    public HostConfig(long memoryBudgetBytes, int memoryPercent, long cacheBytes, Duration stopTimeout) {
        this(memoryBudgetBytes, memoryPercent, cacheBytes, stopTimeout, ResidencyConfig.DEFAULT, TensorConfig.DEFAULT);
    }

    public HostConfig withResidency(ResidencyConfig value) {
        return new HostConfig(memoryBudgetBytes, memoryPercent, cacheBytes, stopTimeout, value, tensors);
    }

    public HostConfig withTensors(TensorConfig value) {
        return new HostConfig(memoryBudgetBytes, memoryPercent, cacheBytes, stopTimeout, residency, value);
    }

    public HostConfig {
        requireRange("host.memory-budget-bytes", memoryBudgetBytes, 0, 1L << 50);
        requireRange("host.memory-percent", memoryPercent, 1, 95);
        requireRange("host.cache-bytes", cacheBytes, 0, 1L << 50);
        requireRange("host.stop-timeout", stopTimeout, Duration.ofMillis(100), Duration.ofMinutes(10));
    }
}
