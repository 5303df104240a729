package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Route;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/**
 * Buffers that only some plans need; empty in the others.
 *
 * @param side fp32 [tokens, hidden]
 * @param embedded fp32 [tokens, hidden]: what hidden vectors began as
 * @param joined fp32 [tokens, 2 * hidden]
 * @param lifted fp32 [tokens, outputs and rank of the largest low-rank addition, or what lies between the products of one input]
 */
record SideBuffers(MemorySegment side, MemorySegment embedded, MemorySegment joined, MemorySegment lifted) {

    static SideBuffers allocate(ModelPlan plan, int tokens, LongFunction<MemorySegment> memory) {
        long row = (long) tokens * plan.hiddenSize() * Float.BYTES;
        long side = uses(plan, Route.Source.SIDE) || uses(plan, Route.Source.HIDDEN_PLUS_SIDE) ? row : 0;
        long embedded = uses(plan, Route.Source.HIDDEN_THEN_EMBEDDING) ? row : 0;
        return new SideBuffers(
                memory.apply(side),
                memory.apply(embedded),
                memory.apply(2 * embedded),
                memory.apply((long) tokens * lifted(plan) * Float.BYTES));
    }

    private static boolean uses(ModelPlan plan, Route.Source source) {
        return plan.sublayers().stream().anyMatch(sublayer -> sublayer.route().source() == source);
    }

    private static long lifted(ModelPlan plan) {
        long widest = 0;
        for (Mixer mixer : plan.mixers()) {
            long between = 0;
            for (Linear linear : mixer.linears()) {
                LowRank addition = linear.addition();
                if (addition != null) {
                    widest = Math.max(widest, (long) linear.outputs() + addition.rank());
                }
                between += linear.weight().between();
            }
            widest = Math.max(widest, between);
        }
        return widest;
    }

    boolean keepsEmbeddings() {
        return embedded.byteSize() > 0;
    }

    long bytes() {
        return side.byteSize() + embedded.byteSize() + joined.byteSize() + lifted.byteSize();
    }

    /** Each hidden vector and behind it what it began as. */
    MemorySegment join(MemorySegment hidden, int tokens, int width) {
        long bytes = (long) width * Float.BYTES;
        for (int token = 0; token < tokens; token++) {
            MemorySegment.copy(hidden, token * bytes, joined, 2 * token * bytes, bytes);
            MemorySegment.copy(embedded, token * bytes, joined, (2 * token + 1) * bytes, bytes);
        }
        return joined;
    }
}
