package dev.foretoken.bench.serve;

import java.util.List;

/** The raw outcome of a run: how many requests were sent, and a record of each that ended, by index. */
record LoadResult(int sent, List<CallRecord> calls, double clientCpuSeconds) {}
