package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Low-rank additions, row by row. */
public final class ScalarLowRank {

    private ScalarLowRank() {}

    /** How one row is multiplied by {@code down}. */
    @FunctionalInterface
    public interface OneRow {
        void multiply(MemorySegment x, Product product);
    }

    public static void add(
            MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low, OneRow down) {
        for (int group = 0; group < groups.groups(); group++) {
            for (LowRankProduct product : products) {
                LowRankPair pair = product.pair(groups.member(group));
                for (int i = 0; pair != null && i < groups.count(group); i++) {
                    int source = groups.source(groups.first(group) + i);
                    long bytes = (long) product.inputs() * Float.BYTES;
                    down.multiply(x.asSlice(source * bytes, bytes), Product.of(pair.down(), low));
                    lift(pair, low, product.out(), (long) source * product.outputs());
                }
            }
        }
    }

    private static void lift(LowRankPair pair, MemorySegment low, MemorySegment out, long start) {
        for (int row = 0; row < pair.up().rows(); row++) {
            float sum = 0;
            for (int k = 0; k < pair.rank(); k++) {
                sum = Math.fma(low.get(JAVA_FLOAT_UNALIGNED, 4L * k), pair.up().at(row, k), sum);
            }
            long at = 4 * (start + row);
            out.set(JAVA_FLOAT_UNALIGNED, at, Math.fma(pair.scale(), sum, out.get(JAVA_FLOAT_UNALIGNED, at)));
        }
    }
}
