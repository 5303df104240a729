package dev.foretoken.onnxruntime.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateBufferTest {

    private final Map<String, Long> taken = new HashMap<>();
    private final StateBuffer state = new StateBuffer(
            "x", Values.floats("x", List.of(1L), 1), (cache, bytes) -> taken.merge(cache, bytes, Long::sum));

    private long write(float value) {
        MemorySegment place = state.next(4);
        place.set(ValueLayout.JAVA_FLOAT, 0, value);
        state.accept(new Tensor("y", ElementType.FP32, List.of(1L), place));
        return place.address();
    }

    @Test
    void readsWhatWasWrittenUnderTheNameOfItsInput() {
        write(2);
        assertThat(state.current().name()).isEqualTo("x");
        assertThat(Values.floats(state.current())).containsExactly(2);
        state.close();
    }

    @Test
    void takesTurnsWithTwoMemoriesSoThatNoRunWritesWhatItReads() {
        long first = write(2);
        long second = write(3);
        assertThat(second).isNotEqualTo(first);
        assertThat(write(4)).isEqualTo(first);
        assertThat(write(5)).isEqualTo(second);
        assertThat(Values.floats(state.current())).containsExactly(5);
        state.close();
    }

    @Test
    void asksForItsTwoMemoriesAndForTheirGrowthAlone() {
        write(2);
        assertThat(taken).containsExactly(Map.entry("x", 4L));
        write(3);
        write(4);
        assertThat(taken).containsExactly(Map.entry("x", 8L));
        state.accept(Values.floats("y", List.of(3L), 7, 8, 9));
        assertThat(taken).containsExactly(Map.entry("x", 16L));
        state.close();
    }

    @Test
    void refusesAShapeThatNoMemoryHolds() {
        assertThatThrownBy(() ->
                        StateBuffer.zeros("x", ElementType.FP32, List.of(1L << 40, 1L << 40), StateBudget.UNBOUNDED))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                .hasMessageContaining("cache 'x' would be FP32 [1099511627776, 1099511627776]");
    }

    @Test
    void copiesWhatWasWrittenElsewhere() {
        state.next(4);
        state.accept(Values.floats("y", List.of(2L), 7, 8));
        assertThat(Values.floats(state.current())).containsExactly(7, 8);
        assertThat(state.current().data().isNative()).isTrue();
        state.close();
    }
}
