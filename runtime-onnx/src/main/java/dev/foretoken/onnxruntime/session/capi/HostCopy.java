package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Native memory for a copy to or from a device: the memory itself, or a stand-in where it is in the heap. */
record HostCopy(@Nullable Arena arena, MemorySegment memory) implements AutoCloseable {

    static HostCopy of(MemorySegment memory) {
        if (memory.isNative()) {
            return new HostCopy(null, memory);
        }
        Arena arena = Arena.ofConfined();
        return new HostCopy(arena, arena.allocate(Math.max(1, memory.byteSize())));
    }

    static HostCopy filled(MemorySegment memory) {
        HostCopy copy = of(memory);
        if (copy.arena != null) {
            MemorySegment.copy(memory, 0, copy.memory, 0, memory.byteSize());
        }
        return copy;
    }

    long address() {
        return memory.address();
    }

    void into(MemorySegment to) {
        if (arena != null) {
            MemorySegment.copy(memory, 0, to, 0, to.byteSize());
        }
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
        }
    }
}
