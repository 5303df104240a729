package dev.foretoken.bench.probe;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/** The result of {@code bench probe}; its JSON form is the file format {@code foretoken.bench.probe/1}. */
record ProbeReport(String schema, Provenance provenance, int mebibytes, List<Reading> readings) {
    static final String SCHEMA = "foretoken.bench.probe/1";

    /** Read bandwidth of so many threads together, in GB/s (1e9 bytes). */
    record Reading(int threads, Spread gigabytesPerSecond) {}
}
