package dev.foretoken.bench.engine;

import dev.foretoken.bench.report.Provenance;
import dev.foretoken.bench.stats.Spread;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.RecipeReport;

/**
 * What a recipe saves; its JSON form is the file format {@code foretoken.bench.recipe/1}. Runs of both models took turns.
 *
 * @param stored operations, and what headers say both cost
 * @param prefillRatio median speed of the variant over that of its base
 */
record SavingReport(
        String schema,
        Provenance provenance,
        String recipe,
        String baseModel,
        RecipeReport stored,
        int batch,
        int prompt,
        int generate,
        HeldAs baseHeldAs,
        HeldAs variantHeldAs,
        Speed base,
        Speed variant,
        double prefillRatio,
        double decodeRatio,
        Spread memoryGigabytesPerSecond) {
    static final String SCHEMA = "foretoken.bench.recipe/1";
}
