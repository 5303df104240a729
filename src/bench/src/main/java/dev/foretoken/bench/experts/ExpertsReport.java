package dev.foretoken.bench.experts;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import java.util.List;

/** Microseconds of one layer, by strategy and number of tokens. */
record ExpertsReport(
        String schema, Provenance provenance, String kernels, int threads, ExpertShape shape, List<Reading> readings) {
    static final String SCHEMA = "foretoken.bench.experts/1";

    record Reading(int tokens, String strategy, Spread microseconds) {}
}
