package dev.foretoken.bench.serve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The raw outcome of a run: how many requests were sent, and a record of each that ended, by index.
 *
 * @param serverCpuSeconds null when the server's process is not known
 */
record LoadResult(
        int sent,
        List<CallRecord> calls,
        double clientCpuSeconds,
        @Nullable Double serverCpuSeconds) {}
