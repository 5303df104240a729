package dev.foretoken.contract.engine;

/**
 * What one sequence cost.
 *
 * @param cachedTokens prompt tokens that were not computed because the prefix cache had them
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens, PrefillUsage prefill, Timings timings) {}
