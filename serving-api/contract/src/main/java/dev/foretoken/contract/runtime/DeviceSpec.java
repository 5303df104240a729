package dev.foretoken.contract.runtime;

/**
 * The device a runtime is pinned to.
 *
 * @param index GPU ordinal; 0 for the CPU
 * @param threads compute threads; 0 = one per usable core
 * @param cpus each compute thread is bound to one of these; at least as many as {@code threads}, or any
 */
public record DeviceSpec(Kind kind, int index, int threads, CpuList cpus) {
    /** What computes. */
    public enum Kind {
        CPU,
        CUDA,
        ;
    }

    public static DeviceSpec cpu(int threads) {
        return new DeviceSpec(Kind.CPU, 0, threads, CpuList.ANY);
    }
}
