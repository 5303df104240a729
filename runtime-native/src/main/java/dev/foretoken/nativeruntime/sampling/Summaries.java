package dev.foretoken.nativeruntime.sampling;

import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.LogitSummary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Room for the {@link LogitSummary} of several rows of logits. */
public final class Summaries {

    private final LogitSummary segments;
    private final int vocabulary;

    public Summaries(int rows, int vocabulary, Arena arena) {
        long bytes = (long) rows * Float.BYTES;
        this.vocabulary = vocabulary;
        this.segments =
                new LogitSummary(arena.allocate(bytes, 64), arena.allocate(bytes, 64), arena.allocate(bytes, 64));
    }

    /** Fills the first {@code rows} entries; logits: fp32 [rows, vocabulary]. */
    public void compute(Kernels kernels, MemorySegment logits, int rows) {
        kernels.summarize(logits, rows, vocabulary, segments);
    }

    public int argmax(int row) {
        return segments.argmax().getAtIndex(ValueLayout.JAVA_INT, row);
    }

    public float max(int row) {
        return segments.max().getAtIndex(ValueLayout.JAVA_FLOAT, row);
    }

    public float logSumExp(int row) {
        return segments.logSumExp().getAtIndex(ValueLayout.JAVA_FLOAT, row);
    }
}
