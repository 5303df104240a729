package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What groups of rows add to one product. Pairs come and go between steps; members without one add nothing. */
public final class LowRankProduct {
    private final int inputs;
    private final int outputs;
    private final MemorySegment out;
    private final @Nullable LowRankPair[] pairs;

    /** {@code out}: fp32 [any, outputs]; must not overlap the input. */
    public LowRankProduct(int inputs, int outputs, MemorySegment out, int members) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.out = out;
        this.pairs = new LowRankPair[members];
    }

    public void put(int member, @Nullable LowRankPair pair) {
        if (pair != null && (pair.down().columns() != inputs || pair.up().rows() != outputs)) {
            throw new IllegalArgumentException("a pair maps %d inputs to %d outputs, must map %d to %d"
                    .formatted(pair.down().columns(), pair.up().rows(), inputs, outputs));
        }
        pairs[member] = pair;
    }

    public @Nullable LowRankPair pair(int member) {
        return pairs[member];
    }

    public int members() {
        return pairs.length;
    }

    public int inputs() {
        return inputs;
    }

    public int outputs() {
        return outputs;
    }

    public MemorySegment out() {
        return out;
    }
}
