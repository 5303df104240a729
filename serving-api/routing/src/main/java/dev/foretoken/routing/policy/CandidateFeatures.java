package dev.foretoken.routing.policy;

import dev.foretoken.contract.engine.PrefillCost;

/**
 * One engine as a policy sees it: numbers alone.
 *
 * @param fresh whether its last report is young enough to be believed
 * @param sequences running and waiting there by its last report
 * @param inFlight requests of this gateway there that have not ended
 * @param queuedTokens prompt tokens that it still had to compute by its last report
 * @param sentTokens prompt tokens that this gateway sent since, without those that were held there
 * @param aheadNanos time until a new prompt is next there, by its own costs: what it reported and was sent since, less the time that has passed;
 *     0 where its costs are not measured
 * @param cachedTokens tokens of this prompt that it holds
 * @param cacheUsage share of its cache that sequences own, 0 to 1
 * @param cost what its work costs; {@link PrefillCost#NONE} until measured
 * @param lastTurn number of the choice that chose it last; 0 = none did
 * @param slowness factor on its times while it has just come (back); 1 afterwards
 */
public record CandidateFeatures(
        Standing standing,
        boolean fresh,
        int sequences,
        int inFlight,
        long queuedTokens,
        long sentTokens,
        double aheadNanos,
        int cachedTokens,
        double cacheUsage,
        PrefillCost cost,
        long lastTurn,
        double slowness) {

    /** Sequences there as far as is known: those of other gateways by its report, those of this one by its own count. */
    public int busy() {
        return fresh ? Math.max(sequences, inFlight) : inFlight;
    }
}
