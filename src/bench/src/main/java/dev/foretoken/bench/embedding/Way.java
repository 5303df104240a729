package dev.foretoken.bench.embedding;

import java.util.List;

/**
 * One way from sentences to vectors.
 *
 * @param fill tokens of its sentences over what they were if all were as long as the longest
 */
record Way(String name, List<String> sentences, double tokensPerSentence, double fill, Embedder embedder) {

    /** Takes all sentences to their vectors, in their order. */
    interface Embedder {
        List<float[]> embed(List<String> sentences) throws InterruptedException;
    }

    /** All sentences once. */
    List<float[]> once() throws InterruptedException {
        return embedder.embed(sentences);
    }
}
