package dev.foretoken.gateway.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BytesElements;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopClassesTest {

    private static final TensorSignature ROWS = new TensorSignature(List.of(), List.of(), 0);
    private static final TensorSignature ONE = new TensorSignature(List.of(), List.of(), -1);

    private static Tensor scores(List<Long> shape, float... values) {
        return new Tensor("y", ElementType.FP32, shape, MemorySegment.ofArray(values));
    }

    @Test
    void eachRowHasItsOwnBestWithTheirLabels() {
        Tensor top = TopClasses.of(
                scores(List.of(2L, 3L), 1, 3, 2, -1, -3, -2), 2, ROWS.withLabels(List.of("cat", "dog", "a:b")));
        assertThat(top.shape()).containsExactly(2L, 2L);
        assertThat(BytesElements.texts(top.data()))
                .containsExactly("3.0:1:dog", "2.0:2:a:b", "-1.0:0:cat", "-2.0:2:a:b");
    }

    @Test
    void aModelWithoutRowsHasOneListForTheWholeOutput() {
        Tensor top = TopClasses.of(scores(List.of(2L, 2L), 1, 4, 3, 2), 3, ONE.withLabels(List.of("zero", "one")));
        assertThat(top.shape()).containsExactly(3L);
        assertThat(BytesElements.texts(top.data())).containsExactly("4.0:1:one", "3.0:2", "2.0:3");
    }

    @Test
    void moreThanThereAreIsAllOfThem() {
        Tensor top = TopClasses.of(scores(List.of(1L, 2L), 1, 2), 1000, ROWS);
        assertThat(top.shape()).containsExactly(1L, 2L);
        assertThat(TopClasses.of(scores(List.of(0L, 5L)), 3, ROWS).shape()).containsExactly(0L, 0L);
        assertThat(TopClasses.of(scores(List.of(), 5), 3, ROWS).shape()).containsExactly(1L);
    }

    @Test
    void theEarlierOfEqualScoresIsBetterAndWhatIsNoNumberComesLast() {
        float none = Float.NEGATIVE_INFINITY;
        Tensor top = TopClasses.of(scores(List.of(1L, 5L), Float.NaN, none, 7, none, 7), 5, ROWS);
        assertThat(BytesElements.texts(top.data()))
                .containsExactly("7.0:2", "7.0:4", "-Infinity:1", "-Infinity:3", "NaN:0");
    }

    @Test
    void integersAreWrittenAsIntegers() {
        Tensor votes = new Tensor("y", ElementType.UINT8, List.of(2L), MemorySegment.ofArray(new byte[] {3, -1}));
        assertThat(BytesElements.texts(TopClasses.of(votes, 1, ONE).data())).containsExactly("255:1");
    }

    @Test
    void refusesWhatHasNoScoresAndMoreStringsThanABound() {
        Tensor ids = new Tensor("y", ElementType.INT64, List.of(1L), MemorySegment.ofArray(new byte[8]));
        assertThatThrownBy(() -> TopClasses.of(ids, 1, ONE)).hasMessageContaining("output 'y' is INT64");
        Tensor many = scores(List.of(1100L, 1000L), new float[1_100_000]);
        assertThatThrownBy(() -> TopClasses.of(many, 1000, ROWS))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                .hasMessageContaining("1100 rows");
    }
}
