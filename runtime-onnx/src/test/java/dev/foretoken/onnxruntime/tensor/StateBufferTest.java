package dev.foretoken.onnxruntime.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.DeviceTensor;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.HostMemory;
import dev.foretoken.onnxruntime.session.QuietBinding;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateBufferTest {

    private static final GraphPort X = new GraphPort("x", ElementType.FP32, List.of(-1L), List.of("n"));
    private static final GraphPort Y = new GraphPort("y", ElementType.FP32, List.of(-1L), List.of("m"));

    /** Where a run reads and writes, and what it leaves elsewhere. */
    private static final class Bound extends QuietBinding {
        @Nullable
        DeviceMemory read;

        @Nullable
        DeviceMemory written;

        float[] elsewhere = {};

        @Override
        public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            assertThat(name).isEqualTo("x");
            read = memory;
        }

        @Override
        public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
            assertThat(name).isEqualTo("y");
            written = memory;
        }

        @Override
        public DeviceTensor deviceResult(String name) {
            MemorySegment data = MemorySegment.ofArray(elsewhere);
            return new DeviceTensor(List.of((long) elsewhere.length), HostMemory.over(data));
        }
    }

    private final Map<String, Long> taken = new HashMap<>();
    private final Bound binding = new Bound();
    private boolean full;
    private final StateBuffer.Source source =
            new StateBuffer.Source(this::allocate, (cache, bytes) -> taken.merge(cache, bytes, Long::sum));
    private final StateBuffer state = StateBuffer.of(source, X, Y, Values.floats("x", List.of(1L), 1));

    @AfterEach
    void close() {
        state.close();
    }

    private DeviceMemory allocate(long bytes) {
        if (full) {
            throw new ForetokenException(ErrorCode.INSUFFICIENT_MEMORY, "no memory left");
        }
        return HostMemory.allocate(bytes);
    }

    private @Nullable DeviceMemory write(float value) {
        state.place(List.of(1L), 4);
        state.bind(binding);
        DeviceMemory place = binding.written;
        if (place != null) {
            place.write(MemorySegment.ofArray(new float[] {value}), 0);
        }
        state.ran(binding);
        return place;
    }

    private void writeElsewhere(float... values) {
        binding.elsewhere = values;
        state.bind(binding);
        state.ran(binding);
    }

    private float[] written() {
        return Values.floats(state.written(new Places()));
    }

    @Test
    void givesTheNextRunWhatTheLastOneWrote() {
        DeviceMemory first = write(2);
        write(3);
        assertThat(binding.read).isSameAs(first);
        assertThat(written()).containsExactly(3);
        assertThat(state.shape()).containsExactly(1L);
    }

    @Test
    void takesTurnsWithTwoMemoriesSoThatNoRunWritesWhatItReads() {
        DeviceMemory first = write(2);
        DeviceMemory second = write(3);
        assertThat(second).isNotSameAs(first);
        assertThat(write(4)).isSameAs(first);
        assertThat(write(5)).isSameAs(second);
        assertThat(written()).containsExactly(5);
    }

    @Test
    void asksForItsTwoMemoriesAndForTheirGrowthAlone() {
        write(2);
        assertThat(taken).containsExactly(Map.entry("x", 4L));
        write(3);
        write(4);
        assertThat(taken).containsExactly(Map.entry("x", 8L));
        writeElsewhere(7, 8, 9);
        assertThat(taken).containsExactly(Map.entry("x", 16L));
    }

    @Test
    void givesBackWhatItAskedForWhereThereIsNoMemory() {
        write(2);
        write(3);
        full = true;
        assertThatThrownBy(() -> writeElsewhere(7, 8, 9)).hasMessage("no memory left");
        assertThat(taken)
                .as("of the two memories the one that could not grow is gone")
                .containsEntry("x", 4L);
    }

    @Test
    void refusesAShapeThatNoMemoryHolds() {
        StateBuffer.Source any = new StateBuffer.Source(HostMemory::allocate, StateBudget.UNBOUNDED);
        assertThatThrownBy(() -> StateBuffer.zeros(any, X, Y, List.of(1L << 40, 1L << 40)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                .hasMessageContaining("cache 'x' would be FP32 [1099511627776, 1099511627776]");
    }

    @Test
    void copiesWhatWasWrittenElsewhere() {
        state.place(List.of(1L), 4);
        state.unplace();
        writeElsewhere(7, 8);
        binding.elsewhere = new float[] {0, 0};
        assertThat(written()).containsExactly(7, 8);
        assertThat(state.shape()).containsExactly(2L);
        assertThat(state.bytes()).isEqualTo(8);
    }
}
