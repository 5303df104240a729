package dev.foretoken.onnxruntime.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class FloatValuesTest {

    private static float first(ElementType type) {
        MemorySegment bytes = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, (byte) 200);
        return FloatValues.of(new Tensor("x", type, List.of(1L), bytes)).at(0);
    }

    @Test
    void readsBytesWithTheirSignOrWithoutOne() {
        assertThat(first(ElementType.UINT8)).isEqualTo(200);
        assertThat(first(ElementType.INT8)).isEqualTo(-56);
    }
}
