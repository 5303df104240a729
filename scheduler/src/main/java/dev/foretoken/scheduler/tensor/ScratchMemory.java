package dev.foretoken.scheduler.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory for the joined inputs of one run after the other: grows to the largest. Loop thread only. */
final class ScratchMemory implements AutoCloseable {

    private static final long ALIGNMENT = 64;

    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;

    /** A piece for each size; valid until the next call. */
    List<MemorySegment> pieces(List<Long> sizes) {
        long total = sizes.stream().mapToLong(ScratchMemory::aligned).sum();
        if (memory.byteSize() < total) {
            arena.close();
            arena = Arena.ofShared();
            memory = arena.allocate(total, ALIGNMENT);
        }
        List<MemorySegment> pieces = new ArrayList<>(sizes.size());
        long at = 0;
        for (long size : sizes) {
            pieces.add(memory.asSlice(at, size));
            at += aligned(size);
        }
        return pieces;
    }

    private static long aligned(long size) {
        return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    @Override
    public void close() {
        memory = MemorySegment.NULL;
        arena.close();
    }
}
