package dev.foretoken.routing.policy;

import dev.foretoken.contract.engine.PrefillCost;

/**
 * One engine as a policy sees it: numbers alone.
 *
 * @param fresh whether its last report is young enough to be believed
 * @param sequences running and waiting there by its last report
 * @param inFlight requests of this gateway there that have not ended
 * @param queuedTokens prompt tokens that it still had to compute by its last report
 * @param sentTokens prompt tokens that this gateway sent since, less what is known to be computed
 * @param aheadNanos time until it has computed what is ahead of a new prompt, by its own costs; 0 where those are not measured
 * @param cachedTokens tokens of this prompt that it holds
 * @param cacheUsage share of its cache that sequences own, 0 to 1
 * @param cost what its work costs; {@link PrefillCost#NONE} until measured
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
        double slowness) {}
