package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

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

    /** What an element stands for: where there are scales, scale times code. */
    public float key(int block, int head, int slot, int dim) {
        float stored = format.type().load(keys, format.keyOffset(block, head, slot, dim));
        return scaled() ? scale(keys, format.keyScaleOffset(block, head, slot)) * stored : stored;
    }

    /** What an element stands for: where there are scales, scale times code. */
    public float value(int block, int head, int slot, int dim) {
        if (format.valueInKey()) {
            return key(block, head, slot, format.valueStart() + dim);
        }
        float stored = format.type().load(values, format.valueOffset(block, head, slot, dim));
        return scaled() ? scale(values, format.valueScaleOffset(block, head, slot)) * stored : stored;
    }

    /** Whether the tokens of a head have scales. */
    public boolean scaled() {
        return format.type().scaleBytes() > 0;
    }

    private static float scale(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
    }
}
