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
        Sizes sizes = Sizes.of(plan, tokens);
        return new SideBuffers(
                memory.apply(sizes.side),
                memory.apply(sizes.embedded),
                memory.apply(2 * sizes.embedded),
                memory.apply(sizes.lifted));
    }

    /** Bytes of all together. */
    static long bytes(ModelPlan plan, int tokens) {
        Sizes sizes = Sizes.of(plan, tokens);
        return sizes.side + 3 * sizes.embedded + sizes.lifted;
    }

    /** Bytes. */
    private record Sizes(long side, long embedded, long lifted) {
        static Sizes of(ModelPlan plan, int tokens) {
            long row = (long) tokens * plan.hiddenSize() * Float.BYTES;
            return new Sizes(
                    uses(plan, Route.Source.SIDE) || uses(plan, Route.Source.HIDDEN_PLUS_SIDE) ? row : 0,
                    uses(plan, Route.Source.HIDDEN_THEN_EMBEDDING) ? row : 0,
                    tokens * SideBuffers.lifted(plan) * Float.BYTES);
        }
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
