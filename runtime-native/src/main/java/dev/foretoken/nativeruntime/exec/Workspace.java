package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/**
 * Buffers that every step reuses. What an attention and an MLP need between their kernels shares memory, since they never run at once.
 *
 * @param hidden fp32 [tokens, hidden]: the residual stream
 * @param normed fp32 [tokens, hidden]
 * @param delta fp32 [tokens, hidden]: what a sublayer adds
 * @param inner fp32, cut up by each sublayer
 * @param ordered fp32 [tokens, orderedColumns]: an input in the order that a matrix has it
 * @param bytes of all together
 */
record Workspace(
        MemorySegment hidden,
        MemorySegment normed,
        MemorySegment delta,
        MemorySegment inner,
        MemorySegment ordered,
        int tokens,
        long bytes) {

    /** {@code orderedColumns}: inputs of the widest matrix that has them in an order of its own; 0 if none has. */
    static Workspace allocate(ModelPlan plan, int tokens, int orderedColumns, LongFunction<MemorySegment> memory) {
        long inner = 0;
        for (Sublayer sublayer : plan.sublayers()) {
            inner = Math.max(inner, innerFloats(sublayer, tokens));
        }
        long hidden = (long) tokens * plan.hiddenSize();
        long ordered = (long) tokens * orderedColumns;
        return new Workspace(
                memory.apply(hidden * Float.BYTES),
                memory.apply(hidden * Float.BYTES),
                memory.apply(hidden * Float.BYTES),
                memory.apply(inner * Float.BYTES),
                memory.apply(ordered * Float.BYTES),
                tokens,
                (3 * hidden + inner + ordered) * Float.BYTES);
    }

    private static long innerFloats(Sublayer sublayer, int tokens) {
        return switch (sublayer) {
            case Attention attention ->
                2 * aligned((long) tokens * attention.layout().queryWidth())
                        + 2 * aligned((long) tokens * attention.layout().keyWidth());
            case Mlp mlp -> 2 * aligned((long) tokens * mlp.gate().outputs());
        };
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
