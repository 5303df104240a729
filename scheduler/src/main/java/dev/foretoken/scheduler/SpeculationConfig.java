package dev.foretoken.scheduler;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * How far sequences are drafted ahead. Off unless asked for: what it gains depends on the text, and speed measured on text that repeats itself,
 * as random weights write it, would flatter.
 *
 * @param maxDraftTokens most proposals verified in one row; 0 = off
 * @param maxRows steps with more rows than this propose nothing: the weights are then read for enough tokens anyway
 */
public record SpeculationConfig(int maxDraftTokens, int maxRows) {

    private static final int USUAL_ROWS = 4;

    public static final SpeculationConfig OFF = new SpeculationConfig(0, USUAL_ROWS);

    public SpeculationConfig {
        requireRange("scheduler.speculation.max-draft-tokens", maxDraftTokens, 0, 64);
        requireRange("scheduler.speculation.max-rows", maxRows, 1, 4096);
    }

    /** At most {@code maxDraftTokens} proposals, while few sequences run. */
    public static SpeculationConfig ofTokens(int maxDraftTokens) {
        return new SpeculationConfig(maxDraftTokens, USUAL_ROWS);
    }
}
