package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/** Fills rows of a {@link RotaryTable}. */
final class AngleRows {

    private AngleRows() {}

    /** The collector frees it, since a grown table replaces one that a step may still read. */
    static RotaryTable allocate(int rows, int half, RotaryPairing pairing) {
        Arena arena = Arena.ofAuto();
        long bytes = (long) rows * half * Float.BYTES;
        return new RotaryTable(rows, half, arena.allocate(bytes, 64), arena.allocate(bytes, 64), pairing);
    }

    /** The angle is rounded to fp32 before its cosine is taken, as Hugging Face does. {@code factor} multiplies both. */
    static void fill(RotaryTable table, int row, int position, float[] inverseFrequencies, float factor) {
        long at = (long) row * table.half();
        for (int i = 0; i < table.half(); i++) {
            double angle = (float) position * inverseFrequencies[i];
            table.cosine().setAtIndex(ValueLayout.JAVA_FLOAT, at + i, (float) Math.cos(angle) * factor);
            table.sine().setAtIndex(ValueLayout.JAVA_FLOAT, at + i, (float) Math.sin(angle) * factor);
        }
    }
}
