package dev.foretoken.gateway.rollout;

import dev.foretoken.routing.variant.ShadowBoard;
import dev.foretoken.routing.variant.TokenComparison;
import org.jspecify.annotations.Nullable;

/** An answer and its shadow: compared by whichever ends last. One of an answer that never ends is forgotten with it. */
final class ShadowPair {

    private final ShadowBoard board;
    private int @Nullable [] primary;
    private int @Nullable [] shadow;

    ShadowPair(ShadowBoard board) {
        this.board = board;
    }

    synchronized void primaryEnded(int[] tokens) {
        primary = tokens;
        compare();
    }

    synchronized void shadowEnded(int[] tokens) {
        shadow = tokens;
        compare();
    }

    private void compare() {
        int[] given = primary;
        int[] other = shadow;
        if (given != null && other != null) {
            board.compared(TokenComparison.of(given, other));
        }
    }
}
