package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Hidden vectors of all tokens that were read, after certain numbers of sublayers. */
final class HiddenVectors implements ActivationTap {

    private final int width;
    private final Map<Integer, float[]> kept = new TreeMap<>();
    private final Map<Integer, Integer> counts = new TreeMap<>();

    /** {@code places}: numbers of sublayers; {@code tokens}: of everything that is going to be read. */
    HiddenVectors(List<Integer> places, int tokens, int width) {
        this.width = width;
        for (int place : places) {
            kept.put(place, new float[Math.multiplyExact(tokens, width)]);
            counts.put(place, 0);
        }
    }

    int width() {
        return width;
    }

    @Override
    public void hidden(int sublayers, Rows rows) {
        float[] target = kept.get(sublayers);
        if (target != null) {
            int at = counts.get(sublayers);
            int count = rows.count() * width;
            MemorySegment.copy(rows.data(), ValueLayout.JAVA_FLOAT, 0, target, at, count);
            counts.put(sublayers, at + count);
        }
    }

    /** [tokens * width]. */
    float[] at(int place) {
        float[] found = kept.get(place);
        if (found == null) {
            throw new IllegalArgumentException("nothing was kept after %d sublayers".formatted(place));
        }
        return found;
    }
}
