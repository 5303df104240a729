package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;

/**
 * One recurrent state of one layer, for every slot. A slot of zeros is the state of a sequence without tokens.
 *
 * @param data fp32 [slots, floats]
 * @param floats of one slot
 */
public record StateLayer(MemorySegment data, int slots, int floats) {
    public StateLayer {
        Bounds.positive("slots", slots);
        Bounds.positive("floats", floats);
        Bounds.writableFloats("data", data, (long) slots * floats);
    }

    public long bytes() {
        return (long) floats * Float.BYTES;
    }

    public MemorySegment slot(int slot) {
        return data.asSlice(slot * bytes(), bytes());
    }
}
