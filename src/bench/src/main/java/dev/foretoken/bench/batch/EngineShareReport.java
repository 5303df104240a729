package dev.foretoken.bench.batch;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;

/**
 * How much of an idle engine requests of a topic get; its JSON form is the file format {@code foretoken.bench.batch-engine/1}.
 *
 * @param share of each round: the topic's tokens per second over the engine's
 */
record EngineShareReport(
        String schema,
        Provenance provenance,
        Load load,
        Spread engineTokensPerSecond,
        Spread topicTokensPerSecond,
        Spread share) {

    static final String SCHEMA = "foretoken.bench.batch-engine/1";

    /** What was asked for: runs of waves times concurrency requests. */
    record Load(String model, String numericsId, int prompt, int generate, int concurrency, int waves) {}
}
