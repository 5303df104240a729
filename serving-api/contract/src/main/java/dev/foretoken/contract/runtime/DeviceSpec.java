package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * The device a runtime is pinned to.
 *
 * @param index GPU ordinal; 0 for the CPU
 * @param threads compute threads; 0 = one per usable core
 * @param cpus core numbers to pin compute threads to; empty = do not pin
 */
public record DeviceSpec(Kind kind, int index, int threads, List<Integer> cpus) {
    /** What computes. */
    public enum Kind {
        CPU,
        CUDA,
        ;
    }

    public DeviceSpec {
        cpus = List.copyOf(cpus);
    }

    public static DeviceSpec cpu(int threads) {
        return new DeviceSpec(Kind.CPU, 0, threads, List.of());
    }
}
