package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import java.util.List;

/**
 * The speed of the engine; its JSON form is the file format {@code foretoken.bench.engine/1}.
 *
 * @param model as given on the command line
 * @param numericsId of the runtime that computed
 * @param heldAs encodings of weights and cache, and bytes of the weights
 */
record EngineReport(
        String schema,
        Provenance provenance,
        String model,
        String runtime,
        String numericsId,
        HeldAs heldAs,
        int prompt,
        int generate,
        List<Batch> batches) {
    static final String SCHEMA = "foretoken.bench.engine/1";

    /**
     * Repeated runs of one batch size; rates are tokens per second of all sequences together.
     *
     * @param memoryGigabytesPerSecond read bandwidth of all cores, probed before and after each run; decoding is bound by
     *     it
     */
    record Batch(
            int batch, Spread prefillTokensPerSecond, Spread decodeTokensPerSecond, Spread memoryGigabytesPerSecond) {}
}
