package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;

/**
 * How models are computed here.
 *
 * @param threads compute threads; 0 = one per usable core
 * @param memoryBytes budget of weights and caches together; 0 = a share of what the machine or container has
 * @param draftTokens most tokens drafted ahead of a sequence; 0 = none
 */
public record EngineSettings(int threads, long memoryBytes, int draftTokens, RuntimeOptions runtime) {

    public static final EngineSettings DEFAULT = new EngineSettings(0, 0, 0, RuntimeOptions.DEFAULT);

    public EngineSettings {
        requireRange("threads", threads, 0, 256);
        requireRange("memory", memoryBytes, 0, 1L << 50);
        requireRange("speculate", draftTokens, 0, 64);
    }

    public DeviceSpec device() {
        return DeviceSpec.cpu(threads);
    }
}
