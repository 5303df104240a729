package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/**
 * Buffers that every step reuses. What mixers need between their kernels shares memory, since they never run at once.
 *
 * @param hidden fp32 [tokens, hidden]: the residual stream
 * @param normed fp32 [tokens, hidden]
 * @param delta fp32 [tokens, hidden]: what a sublayer adds
 * @param branch fp32 [tokens, hidden]: what a further mixer of a sublayer adds; empty if no sublayer has several
 * @param inner fp32, cut up by each mixer
 * @param ordered fp32 [tokens, orderedColumns]: an input in the order that a matrix has it
 * @param sides what only some plans need
 * @param bytes of all together
 */
record Workspace(
        MemorySegment hidden,
        MemorySegment normed,
        MemorySegment delta,
        MemorySegment branch,
        MemorySegment inner,
        MemorySegment ordered,
        SideBuffers sides,
        int tokens,
        long bytes) {

    /** {@code orderedColumns}: inputs of the widest matrix that has them in an order of its own; 0 if none has. */
    static Workspace allocate(ModelPlan plan, int tokens, int orderedColumns, LongFunction<MemorySegment> memory) {
        long inner = innerFloats(plan, tokens);
        long hidden = (long) tokens * plan.hiddenSize();
        long branch = hasBranches(plan) ? hidden : 0;
        long ordered = (long) tokens * orderedColumns;
        return new Workspace(
                memory.apply(hidden * Float.BYTES),
                memory.apply(hidden * Float.BYTES),
                memory.apply(hidden * Float.BYTES),
                memory.apply(branch * Float.BYTES),
                memory.apply(inner * Float.BYTES),
                memory.apply(ordered * Float.BYTES),
                SideBuffers.allocate(plan, tokens, memory),
                tokens,
                bytes(plan, tokens, orderedColumns));
    }

    /** What {@link #allocate} takes. */
    static long bytes(ModelPlan plan, int tokens, int orderedColumns) {
        long hidden = (long) tokens * plan.hiddenSize();
        long streams = hasBranches(plan) ? 4 : 3;
        long ordered = (long) tokens * orderedColumns;
        return (streams * hidden + innerFloats(plan, tokens) + ordered) * Float.BYTES + SideBuffers.bytes(plan, tokens);
    }

    private static long innerFloats(ModelPlan plan, int tokens) {
        long inner = 0;
        for (Mixer mixer : plan.mixers()) {
            inner = Math.max(inner, innerFloats(mixer, tokens));
        }
        return inner;
    }

    /** Whether some sublayer has parallel mixers. */
    static boolean hasBranches(ModelPlan plan) {
        return plan.sublayers().stream().anyMatch(sublayer -> sublayer.mixers().size() > 1);
    }

    private static long innerFloats(Mixer mixer, int tokens) {
        long floats = 0;
        for (int width : InnerWidths.of(mixer)) {
            floats += aligned((long) tokens * width);
        }
        return floats;
    }

    /** Whole cache lines, so that every part starts at one. */
    private static long aligned(long floats) {
        return (floats + 15) / 16 * 16;
    }

    /** Cuts {@link #inner} into consecutive fp32 parts of [tokens, width]. */
    MemorySegment[] cut(int... widths) {
        MemorySegment[] parts = new MemorySegment[widths.length];
        long at = 0;
        for (int i = 0; i < widths.length; i++) {
            long bytes = aligned((long) tokens * widths[i]) * Float.BYTES;
            parts[i] = inner.asSlice(at, bytes);
            at += bytes;
        }
        return parts;
    }
}
