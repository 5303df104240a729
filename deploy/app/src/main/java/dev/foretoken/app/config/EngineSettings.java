package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.util.List;

/**
 * How models are computed here.
 *
 * @param threads compute threads; 0 = one per usable core
 * @param cpus cores to pin them to; empty = do not pin
 * @param memoryBytes budget of weights and caches together; 0 = a share of what the machine or container has
 */
public record EngineSettings(int threads, List<Integer> cpus, long memoryBytes, RuntimeOptions runtime) {

    public static final EngineSettings DEFAULT = new EngineSettings(0, List.of(), 0, RuntimeOptions.DEFAULT);

    public EngineSettings {
        cpus = List.copyOf(cpus);
        requireRange("threads", threads, 0, 1024);
        requireRange("memory", memoryBytes, 0, 1L << 50);
    }

    public DeviceSpec device() {
        return new DeviceSpec(DeviceSpec.Kind.CPU, 0, threads, cpus);
    }
}
