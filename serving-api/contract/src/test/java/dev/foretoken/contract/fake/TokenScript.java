package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.SequenceView;

/** Says what a fake model answers, for tests that need a certain text. */
@FunctionalInterface
public interface TokenScript {

    /** Leaves the draw to the hash of the history. */
    int UNSCRIPTED = -1;

    TokenScript NONE = (sequence, position) -> UNSCRIPTED;

    /** The token at an absolute position behind the prompt, or {@link #UNSCRIPTED}. */
    int tokenAt(SequenceView sequence, int position);

    /** Every sequence answers {@code tokens} one after the other, and again from the start. */
    static TokenScript repeating(int... tokens) {
        return (sequence, position) -> tokens[(position - sequence.promptTokens()) % tokens.length];
    }
}
