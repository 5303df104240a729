package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.PrefillMode;

/**
 * How one sequence's prompt came into the caches.
 *
 * @param mode that was used: never AUTO
 * @param predictedTokens prompt tokens whose K/V were predicted
 * @param repairedAt generated tokens that came before predicted K/V were replaced by exact ones; {@link #NEVER} = not repaired
 */
public record PrefillUsage(PrefillMode mode, int predictedTokens, int repairedAt) {

    public static final int NEVER = -1;

    public static final PrefillUsage EXACT = new PrefillUsage(PrefillMode.EXACT, 0, NEVER);
}
