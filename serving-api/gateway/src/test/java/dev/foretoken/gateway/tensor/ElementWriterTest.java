package dev.foretoken.gateway.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementWriterTest {

    private static Tensor one(ElementType type, double value) {
        ElementWriter out = writer(type, 1);
        out.put(value);
        return out.finish();
    }

    private static ElementWriter writer(ElementType type, long elements) {
        return new ElementWriter("t", type, List.of(elements), new TensorMemory(TensorLimits.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({
        // halfway between two bfloat16 numbers: to the even one
        "1.00390625, 1.0",
        "1.01171875, 1.015625",
        "1.004, 1.0078125",
        "-0.0, -0.0",
        "3.3895314e38, 3.3895314e38",
        "1e-40, 9.1835e-41",
    })
    void roundsBrainFloatsToNearestAndTiesToEven(float value, float expected) {
        assertThat(new ElementReader(one(ElementType.BF16, value)).real()).isEqualTo(expected);
    }

    @Test
    void keepsWhatIsNoNumber() {
        for (ElementType type : List.of(ElementType.FP16, ElementType.BF16, ElementType.FP32)) {
            assertThat(new ElementReader(one(type, Double.NaN)).real()).isNaN();
            assertThat(new ElementReader(one(type, Double.NEGATIVE_INFINITY)).real())
                    .isEqualTo(Float.NEGATIVE_INFINITY);
        }
        assertThat(HalfFloats.ofBf16(HalfFloats.bf16(Float.intBitsToFloat(0x7f800001))))
                .isNaN();
    }

    @ParameterizedTest
    @CsvSource({"FP16,65520", "BF16,3.3999e38", "FP32,3.5e38"})
    void refusesWhatWouldBecomeInfinite(ElementType type, double value) {
        assertThatThrownBy(() -> one(type, value)).hasMessageContaining("as element 0, which " + type + " cannot hold");
    }

    @Test
    void refusesOneElementTooMany() {
        ElementWriter out = writer(ElementType.INT8, 1);
        out.put(1L);
        assertThatThrownBy(() -> out.put(2L)).hasMessageContaining("has more elements, but its shape [1] has 1");
    }

    @Test
    void aTensorWithoutElementsHasNoBytes() {
        assertThat(writer(ElementType.FP64, 0).finish().data().byteSize()).isZero();
        assertThat(writer(ElementType.BYTES, 0).finish().data().byteSize()).isZero();
    }

    @Test
    void textsGrowToTheLimitAndNotBeyond() {
        TensorMemory memory = new TensorMemory(TensorLimits.DEFAULT.withMaxRequestBytes(2048));
        ElementWriter out = new ElementWriter("t", ElementType.BYTES, List.of(3L), memory);
        out.put(new byte[1000]);
        out.put(new byte[1000]);
        assertThatThrownBy(() -> out.put(new byte[41])).hasMessageContaining("2048 bytes");
    }
}
