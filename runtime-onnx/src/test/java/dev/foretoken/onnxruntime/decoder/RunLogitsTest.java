package dev.foretoken.onnxruntime.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphPort;
import dev.foretoken.onnxruntime.session.QuietBinding;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RunLogitsTest {

    /** Writes where the output was bound. */
    private static final class FilledBinding extends QuietBinding {

        private final short[] values;

        FilledBinding(short... values) {
            this.values = values;
        }

        @Override
        public void output(String name, ElementType type, long[] shape, MemorySegment host) {
            MemorySegment.copy(values, 0, host, ValueLayout.JAVA_SHORT, 0, values.length);
        }
    }

    private static RunLogits logits(ElementType type, short... values) {
        RunLogits logits = new RunLogits(new GraphPort("logits", type, List.of(-1L, -1L, 2L), List.of("b", "s", "")));
        logits.bind(new FilledBinding(values), 1, 2);
        return logits;
    }

    @Test
    void widensHalfPrecisionLogits() {
        short[] halves = {0, 0, Float.floatToFloat16(1.5f), Float.floatToFloat16(-2.25f)};
        assertThat(logits(ElementType.FP16, halves).row(0, 0).toArray(ValueLayout.JAVA_FLOAT))
                .containsExactly(1.5f, -2.25f);
    }

    @Test
    void widensBrainFloatLogits() {
        short[] brains = {(short) (Float.floatToIntBits(-3f) >>> 16), (short) (Float.floatToIntBits(0.5f) >>> 16), 0, 0
        };
        assertThat(logits(ElementType.BF16, brains).row(0, 1).toArray(ValueLayout.JAVA_FLOAT))
                .containsExactly(-3f, 0.5f);
    }
}
