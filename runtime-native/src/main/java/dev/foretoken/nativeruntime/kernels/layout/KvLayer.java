package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The KV blocks of one layer. A layer that shares another's keys or values holds the same segment.
 *
 * @param keys {@code format.keyBlockBytes()} per block, 64-byte aligned for speed
 * @param values {@code format.valueBlockBytes()} per block
 */
public record KvLayer(KvFormat format, int blocks, MemorySegment keys, MemorySegment values) {
    public KvLayer {
        Bounds.positive("blocks", blocks);
        Bounds.bytes("keys", keys, blocks * format.keyBlockBytes());
        Bounds.bytes("values", values, blocks * format.valueBlockBytes());
    }

    public static KvLayer allocate(KvFormat format, int blocks, SegmentAllocator allocator) {
        return new KvLayer(
                format,
                blocks,
                allocator.allocate(blocks * format.keyBlockBytes(), 64),
                allocator.allocate(blocks * format.valueBlockBytes(), 64));
    }

    public float key(int block, int head, int slot, int dim) {
        return format.type().load(keys, format.keyIndex(block, head, slot, dim));
    }

    public float value(int block, int head, int slot, int dim) {
        return format.type().load(values, format.valueIndex(block, head, slot, dim));
    }
}
