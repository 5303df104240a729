package dev.foretoken.bench.embedding;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.List;

/** What is compared: the other library's model called in a loop and with a list, and ours with lists of mixed and of full length. */
record Rivals(EmbeddingModel other, Encoding encoding, int longest) {

    static final String LOOP = "LangChain4j, in a loop";
    static final String LIST = "LangChain4j, a list";
    static final String MIXED = "platform";
    static final String FULL = "platform, full length";

    List<Way> ways(Sentences mixed, Sentences full) {
        return List.of(
                way(
                        LOOP,
                        mixed,
                        texts -> texts.stream()
                                .map(text -> other.embed(text).content().vector())
                                .toList()),
                way(
                        LIST,
                        mixed,
                        texts -> other
                                .embedAll(texts.stream().map(TextSegment::from).toList())
                                .content()
                                .stream()
                                .map(Embedding::vector)
                                .toList()),
                way(MIXED, mixed, texts -> encoding.embed(texts).rows()),
                way(FULL, full, texts -> encoding.embed(texts).rows()));
    }

    private Way way(String name, Sentences sentences, Way.Embedder embedder) {
        return new Way(name, sentences.texts(), sentences.tokensPerSentence(), sentences.fill(longest), embedder);
    }

    static double mixedOfFull(List<EmbeddingReport.Measured> ways) {
        return tokensPerSecond(ways, MIXED) / tokensPerSecond(ways, FULL);
    }

    private static double tokensPerSecond(List<EmbeddingReport.Measured> ways, String name) {
        return ways.stream()
                .filter(way -> way.name().equals(name))
                .mapToDouble(way -> way.tokensPerSecond().median())
                .findFirst()
                .orElseThrow();
    }
}
