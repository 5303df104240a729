package dev.foretoken.bench.engine;

import picocli.CommandLine.Option;

/** The options of every command that computes in this process: on how many threads, by which kernels. */
public final class ComputeChoice {
    @Option(names = "--threads", defaultValue = "0", description = "Compute threads (default: one for each core).")
    private int threads;

    @Option(
            names = "--kernels",
            defaultValue = "auto",
            description = "Kernels by name, or auto (default: ${DEFAULT-VALUE}).")
    private String kernels = "auto";

    /** 0: one for each core. */
    public int threads() {
        return threads;
    }

    public String kernels() {
        return kernels;
    }
}
