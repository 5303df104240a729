package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.NativeCodes.code;

import dev.foretoken.nativeruntime.kernels.ffi.ArgumentBlock;
import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Low-rank additions in C: all products by {@code down} in one call, all by {@code up} in another. Makes no objects. */
final class NativeLowRank {
    private static final long NONE = -1;

    private final NativeContext context;
    private final int fast;
    /** Of each group and product: where its lowered rows are, in floats. */
    private long[] places = new long[64];

    NativeLowRank(NativeContext context, int fast) {
        this.context = context;
        this.fast = fast;
    }

    void add(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low) {
        Arguments.addLowRank(x, groups, products, low);
        int pairs = place(groups, products);
        if (pairs > 0) {
            lower(x, groups, products, low);
            lift(groups, products, low, pairs);
        }
    }

    /** Pairs of one group that share {@code down} share what it gives. Returns the number of pairs. */
    private int place(RowGroups groups, List<LowRankProduct> products) {
        if (places.length < groups.groups() * products.size()) {
            places = new long[groups.groups() * products.size()];
        }
        long end = 0;
        int pairs = 0;
        for (int group = 0; group < groups.groups(); group++) {
            for (int i = 0; i < products.size(); i++) {
                LowRankPair pair = products.get(i).pair(groups.member(group));
                int at = group * products.size() + i;
                int same = pair == null ? i : firstWith(products, groups.member(group), pair);
                if (pair == null) {
                    places[at] = NONE;
                } else if (same < i) {
                    places[at] = places[group * products.size() + same];
                } else {
                    places[at] = end;
                    end += (long) groups.count(group) * pair.rank();
                }
                pairs += pair == null ? 0 : 1;
            }
        }
        return pairs;
    }

    private static int firstWith(List<LowRankProduct> products, int member, LowRankPair pair) {
        for (int i = 0; ; i++) {
            LowRankPair other = products.get(i).pair(member);
            if (other != null && other.down() == pair.down()) {
                return i;
            }
        }
    }

    private void lower(MemorySegment x, RowGroups groups, List<LowRankProduct> products, MemorySegment low) {
        int filled = 0;
        for (int group = 0; group < groups.groups(); group++) {
            filled += maps(groups, group, products) > 0 ? 1 : 0;
        }
        ArgumentBlock block = context.block().number(filled);
        for (int group = 0; group < groups.groups(); group++) {
            int maps = maps(groups, group, products);
            if (maps > 0) {
                block.pointer(x)
                        .pointer(groups.sources(), (long) groups.first(group) * Integer.BYTES)
                        .number(groups.count(group))
                        .number(products.getFirst().inputs())
                        .number(maps)
                        .number(fast);
                for (int i = 0; i < products.size(); i++) {
                    LowRankPair pair = products.get(i).pair(groups.member(group));
                    if (pair != null && firstWith(products, groups.member(group), pair) == i) {
                        NativeProducts.product(block, pair.down(), null, low, places[group * products.size() + i]);
                    }
                }
            }
        }
        context.call(NativeFunction.MATMUL_GROUPS);
    }

    /** Different maps by {@code down} of a group. */
    private static int maps(RowGroups groups, int group, List<LowRankProduct> products) {
        int maps = 0;
        for (int i = 0; groups.count(group) > 0 && i < products.size(); i++) {
            LowRankPair pair = products.get(i).pair(groups.member(group));
            maps += pair != null && firstWith(products, groups.member(group), pair) == i ? 1 : 0;
        }
        return maps;
    }

    private void lift(RowGroups groups, List<LowRankProduct> products, MemorySegment low, int pairs) {
        ArgumentBlock block = context.block().number(pairs);
        for (int group = 0; group < groups.groups(); group++) {
            for (int i = 0; i < products.size(); i++) {
                LowRankProduct product = products.get(i);
                LowRankPair pair = product.pair(groups.member(group));
                if (pair != null) {
                    block.pointer(low, places[group * products.size() + i] * Float.BYTES)
                            .number(pair.rank())
                            .number(code(pair.up().type()))
                            .pointer(pair.up().panels())
                            .number(product.outputs())
                            .real(pair.scale())
                            .pointer(groups.sources(), (long) groups.first(group) * Integer.BYTES)
                            .number(groups.count(group))
                            .pointer(product.out());
                }
            }
        }
        context.call(NativeFunction.ADD_LIFTED);
    }
}
