package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.NativeCodes.code;

import dev.foretoken.nativeruntime.kernels.ffi.ArgumentBlock;
import dev.foretoken.nativeruntime.kernels.ffi.NativeContext;
import dev.foretoken.nativeruntime.kernels.ffi.NativeFunction;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvMap;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Linear maps of keys and values in C, a few tokens of a layer at a time. */
final class NativeKvMaps {
    /** A task reads its weights once for a few tokens: where they outgrow half of a second-level cache, products of all tokens are faster. */
    private static final long MOST_WEIGHT_BYTES = 512 * 1024;

    private final NativeContext context;
    private final int fast;

    NativeKvMaps(NativeContext context, int fast) {
        this.context = context;
        this.fast = fast;
    }

    boolean takes(List<KvMap> maps) {
        return maps.stream().allMatch(map -> isSmall(map.keys()) && isSmall(map.values()));
    }

    private static boolean isSmall(Product product) {
        return product.weights() instanceof DensePanels panels && panels.bytes() <= MOST_WEIGHT_BYTES;
    }

    void map(MemorySegment keys, MemorySegment values, int tokens, List<KvMap> maps) {
        Arguments.mapKv(keys, values, tokens, maps);
        KvMap first = maps.getFirst();
        ArgumentBlock block = context.block()
                .pointer(keys)
                .number(first.keys().weights().columns())
                .pointer(values)
                .number(first.values().weights().columns())
                .number(fast)
                .number(maps.size());
        for (KvMap map : maps) {
            paged(block, map.layer(), map.batch());
            angles(block, map);
            product(block, map.keys());
            product(block, map.values());
        }
        context.call(NativeFunction.MAP_KV);
    }

    private static void angles(ArgumentBlock block, KvMap map) {
        RotaryTable angles = map.angles();
        block.pointer(angles == null ? null : angles.cosine())
                .pointer(angles == null ? null : angles.sine())
                .number(angles == null ? 0 : angles.half())
                .pointer(map.angleRows())
                .number(angles != null && angles.pairing() == RotaryPairing.NEIGHBOURS ? 1 : 0);
    }

    private static void product(ArgumentBlock block, Product product) {
        NativeProducts.product(block, product.weights(), product.bias(), product.out(), 0);
    }

    /** {@code ft_paged}. */
    static ArgumentBlock paged(ArgumentBlock block, KvLayer layer, RaggedBatch batch) {
        KvFormat format = layer.format();
        return block.pointer(layer.keys())
                .pointer(layer.values())
                .number(code(format.type()))
                .number(format.blockTokens())
                .number(format.heads())
                .number(format.keyDim())
                .number(format.valueDim())
                .number(batch.rows())
                .pointer(batch.tokenOffsets())
                .pointer(batch.tokenCounts())
                .pointer(batch.firstPositions())
                .pointer(batch.tables().units())
                .pointer(batch.tables().offsets())
                .number(batch.tables().stride())
                .number(format.valueInKey() ? 1 : 0);
    }
}
