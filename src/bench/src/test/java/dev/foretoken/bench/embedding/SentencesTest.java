package dev.foretoken.bench.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SentencesTest {

    @Test
    void mixedLengthsFillAsMuchAsAskedFor() {
        int shortest = Sentences.shortest(32, 0.6);
        Sentences mixed = Sentences.between(shortest, 32, 4000, 1);
        assertThat(mixed.fill(32)).isBetween(0.58, 0.62);
        assertThat(IntStream.of(mixed.lengths())).allMatch(length -> length >= shortest && length <= 32);
        assertThat(Sentences.shortest(32, 1)).isEqualTo(32);
    }

    @Test
    void aSentenceHasAWordForEachTokenButTheTwoThatAreAdded() {
        Sentences sentences = Sentences.between(3, 9, 50, 2);
        for (int i = 0; i < 50; i++) {
            assertThat(sentences.texts().get(i).split(" ")).hasSize(sentences.lengths()[i] - 2);
        }
        assertThat(Sentences.between(3, 9, 50, 2).texts()).isEqualTo(sentences.texts());
    }

    @Test
    void theDistanceIsThatOfTheElementsThatDifferMost() {
        List<float[]> ones = List.of(new float[] {1, 2}, new float[] {3, 4});
        List<float[]> others = List.of(new float[] {1, 2.5f}, new float[] {2, 4});
        assertThat(VectorDistance.largest(ones, others)).isEqualTo(1);
        assertThat(VectorDistance.largest(ones, ones)).isZero();
        assertThat(VectorDistance.largest(ones, others.subList(0, 1))).isInfinite();
        assertThat(VectorDistance.largest(ones, List.of(new float[] {1}, new float[] {3, 4})))
                .isInfinite();
    }
}
