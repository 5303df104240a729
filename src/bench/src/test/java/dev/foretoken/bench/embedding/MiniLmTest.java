package dev.foretoken.bench.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real model, trained and of full size, beside another library's use of the same file. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MiniLmTest {

    private static final String QUESTION = "How do I reset my password?";

    /** From the nearest to the question to the farthest. */
    private static final List<String> BY_MEANING = List.of(
            "I forgot my password, how can I get a new one?",
            "My account is locked.",
            "The weather in Lisbon is mild in spring.");

    private static final List<String> TEXTS = List.of(
            QUESTION,
            "a",
            "The quick brown fox jumps over the lazy dog.",
            "Größe, naïve, 日本語 and emoji \uD83D\uDE80 in one line",
            "UPPER CASE and lower case; punctuation: (yes) - no?!",
            "Paged memory for keys and values lets a server hold many sequences at once, as each takes only the blocks that its own"
                    + " tokens need, and gives them back when it ends.");

    private Encoding encoding;
    private EmbeddingModel other;

    @BeforeAll
    void open(@TempDir Path folder) throws Exception {
        encoding = Encoding.open(MiniLm.unpack(folder), 1);
        other = new AllMiniLmL6V2EmbeddingModel();
    }

    @AfterAll
    void close() {
        encoding.close();
    }

    @Test
    void vectorsAreThoseOfLangChain4j() throws Exception {
        List<float[]> expected =
                TEXTS.stream().map(text -> other.embed(text).content().vector()).toList();
        assertThat(expected.getFirst()).hasSize(384);
        assertThat(VectorDistance.largest(encoding.embed(TEXTS).rows(), expected))
                .as("all texts in one request")
                .isLessThan(1e-4);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(VectorDistance.largest(
                            encoding.embed(List.of(TEXTS.get(i))).rows(), List.of(expected.get(i))))
                    .as(TEXTS.get(i))
                    .isLessThan(1e-4);
        }
    }

    @Test
    void textsOfLikeMeaningAreNearer() throws Exception {
        float[] question = encoding.embed(List.of(QUESTION)).rows().getFirst();
        List<float[]> vectors = encoding.embed(BY_MEANING).rows();
        List<Integer> order = IntStream.range(0, vectors.size())
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -cosine(question, vectors.get(i))))
                .toList();
        assertThat(order).containsExactly(0, 1, 2);
    }

    /** Vectors of length 1. */
    private static double cosine(float[] one, float[] other) {
        double product = 0;
        for (int i = 0; i < one.length; i++) {
            product += (double) one[i] * other[i];
        }
        return product;
    }
}
