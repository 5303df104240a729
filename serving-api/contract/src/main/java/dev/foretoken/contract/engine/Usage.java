package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.PrefillMode;

/**
 * What one sequence cost.
 *
 * @param cachedTokens prompt tokens that were not computed because the prefix cache had them
 * @param prefill the mode that was used: never AUTO
 * @param repairedAt generated tokens that came before predicted K/V were replaced by exact ones; -1 = not repaired
 */
public record Usage(
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        PrefillMode prefill,
        int repairedAt,
        Timings timings) {}
