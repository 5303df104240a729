package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;

/**
 * What adapters cost; its JSON form is the file format {@code foretoken.bench.adapters/1}. Runs with and without took turns.
 *
 * @param adapters in use at once, sequences taking turns
 * @param prefillShare median speed with adapters over without
 */
record AdaptersReport(
        String schema,
        Provenance provenance,
        String model,
        String numericsId,
        HeldAs heldAs,
        int batch,
        int prompt,
        int generate,
        int adapters,
        int rank,
        Speed base,
        Speed adapted,
        double prefillShare,
        double decodeShare,
        Spread memoryGigabytesPerSecond) {
    static final String SCHEMA = "foretoken.bench.adapters/1";
}
