package dev.foretoken.contract.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorSizeTest {

    private static Tensor tensor(ElementType type, List<Long> shape, int bytes) {
        return new Tensor("x", type, shape, MemorySegment.ofArray(new byte[bytes]));
    }

    @Test
    void aShapeHoldsTheProductOfItsSizes() {
        assertThat(TensorSize.elements(List.of())).isEqualTo(1);
        assertThat(TensorSize.elements(List.of(2L, 3L, 4L))).isEqualTo(24);
        assertThat(TensorSize.bytes(ElementType.INT64, List.of(2L, 3L))).isEqualTo(48);
        assertThat(TensorSize.bytes(ElementType.BYTES, List.of(2L, 3L))).isEqualTo(24);
    }

    @Test
    void whatNoNumberCountsIsTooMuchAndNeverWrapsAround() {
        long half = 1L << 32;
        assertThat(TensorSize.elements(List.of(half, half))).isEqualTo(TensorSize.TOO_MANY);
        assertThat(TensorSize.elements(List.of(half, half, half, half))).isEqualTo(TensorSize.TOO_MANY);
        assertThat(TensorSize.bytes(ElementType.FP64, List.of(1L << 61))).isEqualTo(TensorSize.TOO_MANY);
        assertThat(TensorSize.elements(List.of(Long.MAX_VALUE, 0L, Long.MAX_VALUE)))
                .isZero();
        assertThatThrownBy(() -> TensorSize.elements(List.of(-1L, -1L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[-1, -1]");
    }

    @Test
    void bytesThatAreNotWhatTypeAndShapePromiseAreSaid() {
        assertThat(TensorSize.misfit(tensor(ElementType.FP16, List.of(2L, 2L), 8)))
                .isEmpty();
        assertThat(TensorSize.misfit(tensor(ElementType.FP16, List.of(2L, 2L), 7)))
                .hasValue("is FP16 [2, 2], which takes 4 values of 2 bytes, found 7 bytes");
        assertThat(TensorSize.misfit(tensor(ElementType.UINT8, List.of(Long.MAX_VALUE, 2L), 0)))
                .hasValue("is UINT8 [9223372036854775807, 2], which takes too many values of 1 bytes, found 0 bytes");
        assertThat(TensorSize.misfit(tensor(ElementType.BYTES, List.of(2L), 8))).isEmpty();
        assertThat(TensorSize.misfit(tensor(ElementType.BYTES, List.of(2L), 12)))
                .hasValue("is BYTES [2], which takes 2 strings, each behind its length, found 3");
        assertThat(TensorSize.misfit(tensor(ElementType.BYTES, List.of(2L), 9)))
                .hasValue(
                        "is BYTES [2], which takes 2 strings, each behind its length, found 9 bytes that end within one");
    }
}
