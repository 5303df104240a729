package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Buffers that every step reuses. What an attention and an MLP need between their kernels shares memory, since they never run at once.
 *
 * @param hidden fp32 [tokens, hidden]: the residual stream
 * @param normed fp32 [tokens, hidden]
 * @param delta fp32 [tokens, hidden]: what a sublayer adds
 * @param inner fp32, cut up by each sublayer
 * @param bytes of all together
 */
record Workspace(
        MemorySegment hidden, MemorySegment normed, MemorySegment delta, MemorySegment inner, int tokens, long bytes) {

    static Workspace allocate(ModelPlan plan, int tokens, Arena arena) {
        long inner = 0;
        for (Sublayer sublayer : plan.sublayers()) {
            inner = Math.max(inner, innerFloats(sublayer, tokens));
        }
        long hidden = (long) tokens * plan.hiddenSize();
        return new Workspace(
                floats(arena, hidden),
                floats(arena, hidden),
                floats(arena, hidden),
                floats(arena, inner),
                tokens,
                (3 * hidden + inner) * Float.BYTES);
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

    private static MemorySegment floats(Arena arena, long count) {
        return arena.allocate(count * Float.BYTES, 64);
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
