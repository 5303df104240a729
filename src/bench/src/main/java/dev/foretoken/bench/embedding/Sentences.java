package dev.foretoken.bench.embedding;

import dev.foretoken.bench.serve.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Sentences of common words, each of which is one token; the model adds two tokens to each sentence.
 *
 * @param lengths tokens of each
 */
record Sentences(List<String> texts, int[] lengths) {

    private static final int ADDED = 2;

    /** Lengths are equally likely between the shortest and the longest, in tokens. */
    static Sentences between(int shortest, int longest, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] lengths = random.ints(count, shortest, longest + 1).toArray();
        List<String> texts = new ArrayList<>();
        for (int length : lengths) {
            texts.add(Words.sentence(length - ADDED, random));
        }
        return new Sentences(texts, lengths);
    }

    /** The shortest length so that lengths up to the longest fill this share of it on average. */
    static int shortest(int longest, double fill) {
        return Math.max(ADDED + 1, (int) Math.round((2 * fill - 1) * longest));
    }

    double tokensPerSentence() {
        long tokens = 0;
        for (int length : lengths) {
            tokens += length;
        }
        return (double) tokens / lengths.length;
    }

    /** @param longest that a sentence may have */
    double fill(int longest) {
        return tokensPerSentence() / longest;
    }
}
