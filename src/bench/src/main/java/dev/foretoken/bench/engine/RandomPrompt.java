package dev.foretoken.bench.engine;

import java.util.random.RandomGenerator;

/** A prompt that no cache knows. */
public final class RandomPrompt {
    private RandomPrompt() {}

    /** Token ids from the middle of a vocabulary, whose ends hold special tokens. */
    public static int[] of(RandomGenerator random, int tokens, int vocabulary) {
        return random.ints(tokens, vocabulary / 8, vocabulary * 7 / 8).toArray();
    }
}
