package dev.foretoken.bench.serve;

import org.jspecify.annotations.Nullable;

/** The process of a server on this machine, to ask how much processor time it took. */
final class ServerProcess {
    private final ProcessHandle process;

    private ServerProcess(ProcessHandle process) {
        this.process = process;
    }

    static ServerProcess of(long pid) {
        return new ServerProcess(ProcessHandle.of(pid)
                .orElseThrow(() -> new IllegalArgumentException("--server-pid " + pid + ": there is no such process")));
    }

    /** User and system time of all its threads, in steps of 10 ms; null when the process is gone. */
    @Nullable
    Double cpuSeconds() {
        return process.info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / 1e9)
                .orElse(null);
    }
}
