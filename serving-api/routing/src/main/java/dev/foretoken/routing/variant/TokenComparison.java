package dev.foretoken.routing.variant;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * How two answers to one prompt compare, position by position.
 *
 * @param firstDifference the first position that differs, from 0; the shorter length where one answer begins the other; empty where they are equal
 * @param equal positions with the same token in both
 * @param primaryTokens length of the answer that the caller got
 * @param shadowTokens length of the other
 */
public record TokenComparison(OptionalInt firstDifference, int equal, int primaryTokens, int shadowTokens) {

    public static TokenComparison of(int[] primary, int[] shadow) {
        int first = Arrays.mismatch(primary, shadow);
        int equal = 0;
        for (int i = 0; i < Math.min(primary.length, shadow.length); i++) {
            equal += primary[i] == shadow[i] ? 1 : 0;
        }
        return new TokenComparison(
                first < 0 ? OptionalInt.empty() : OptionalInt.of(first), equal, primary.length, shadow.length);
    }

    /** Positions that were compared: of the longer one. */
    public int compared() {
        return Math.max(primaryTokens, shadowTokens);
    }
}
