package dev.foretoken.routing.variant;

import java.util.Optional;

/**
 * What shadows of one name have shown so far.
 *
 * @param compared answers that were compared
 * @param identical of those, the ones that were equal token by token
 * @param errors shadows that failed
 * @param shed shadows that were given up, or not begun, because engines were busy
 * @param skipped requests that were drawn and not mirrored: too many were under way, or there was no engine or thread for it
 * @param comparedTokens positions of all compared answers together
 * @param equalTokens of those, the ones with the same token
 * @param firstDifferences sum of the first differing positions of the answers that differ
 * @param lengthDifference sum of the absolute differences in length, in tokens
 * @param stopped why no more requests are mirrored; empty: they are
 */
public record ShadowScore(
        long compared,
        long identical,
        long errors,
        long shed,
        long skipped,
        long comparedTokens,
        long equalTokens,
        long firstDifferences,
        long lengthDifference,
        Optional<String> stopped) {

    /** Share of equal tokens, 0 to 1; 1 where nothing was compared. */
    public double equalShare() {
        return comparedTokens == 0 ? 1 : (double) equalTokens / comparedTokens;
    }

    /** Mean first differing position of the answers that differ; -1 where none does. */
    public double meanFirstDifference() {
        long different = compared - identical;
        return different == 0 ? -1 : (double) firstDifferences / different;
    }

    /** Mean absolute difference in length, in tokens. */
    public double meanLengthDifference() {
        return compared == 0 ? 0 : (double) lengthDifference / compared;
    }

    /** Shadows that have ended in any way. */
    public long samples() {
        return compared + errors + shed;
    }
}
