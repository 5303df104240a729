package dev.foretoken.sampling;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class PlainLogitPassesTest {

    private final Arena arena = Arena.ofAuto();
    private final LogitPasses passes = new PlainLogitPasses();

    private MemorySegment floats(float... values) {
        return arena.allocateFrom(JAVA_FLOAT, values);
    }

    @Test
    void summarizesAndRanksWithTheLowestIdFirst() {
        MemorySegment ids = arena.allocate(JAVA_INT, 5);
        MemorySegment values = arena.allocate(JAVA_FLOAT, 5);
        LogitSummary summary = LogitSummary.allocate(5, arena);
        passes.topK(floats(0, 2, Float.NaN, 2, 1), 5, summary, 5, ids, values);
        assertThat(ids.toArray(JAVA_INT)).containsExactly(1, 3, 4, 0, 2);
        passes.summarize(floats(0, 2, 2), 3, null, 0.5f, true, summary);
        assertThat(summary.argmax().get(JAVA_INT, 0)).isEqualTo(1);
        assertThat(summary.logSumExp().get(JAVA_FLOAT, 0))
                .isCloseTo((float) Math.log(1 + 2 * Math.exp(2)), within(1e-6f));
        assertThat(summary.mass().get(JAVA_DOUBLE, 0)).isCloseTo(2 + Math.exp(-1), within(1e-12));
        assertThat(summary.blockMax(0)).isEqualTo(2);
        assertThat(summary.chunks().toArray(JAVA_FLOAT)).containsExactly(2, (float) (2 + Math.exp(-1)));
    }

    @Test
    void refusesWhatTheMaskRefusesInPlace() {
        LogitSummary summary = LogitSummary.allocate(4, arena);
        MemorySegment logits = floats(1, 9, 3, 2);
        MemorySegment mask = arena.allocateFrom(JAVA_LONG, 0b1101L);
        passes.summarize(logits, 4, mask, 0, false, summary);
        assertThat(summary.argmax().get(JAVA_INT, 0)).isEqualTo(2);
        assertThat(logits.toArray(JAVA_FLOAT)).containsExactly(1, Float.NEGATIVE_INFINITY, 3, 2);
    }

    @Test
    void drawsTheTokenWhoseShareHoldsTheUniform() {
        LogitSummary summary = LogitSummary.allocate(4, arena);
        MemorySegment logits = floats(0, 0, 0, 0);
        assertThat(passes.sample(logits, 4, summary, 1, Float.NEGATIVE_INFINITY, 0.49f))
                .isEqualTo(1);
        assertThat(passes.sample(logits, 4, summary, 1, 0, 0.999f)).isEqualTo(3);
    }
}
