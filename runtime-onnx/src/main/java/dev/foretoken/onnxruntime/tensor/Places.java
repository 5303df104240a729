package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.onnxruntime.session.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Memory for tensors by name, kept for the next run and grown when one needs more. */
final class Places implements AutoCloseable {

    private final Map<String, HostMemory> memories = new HashMap<>();

    /** What was there before is lost. */
    MemorySegment of(String name, long bytes) {
        HostMemory memory = memories.get(name);
        if (memory == null || memory.bytes() < bytes) {
            if (memory != null) {
                memories.remove(name);
                memory.close();
            }
            memory = HostMemory.allocate(bytes + bytes / 4);
            memories.put(name, memory);
        }
        return memory.segment().asSlice(0, bytes);
    }

    @Override
    public void close() {
        memories.values().forEach(HostMemory::close);
        memories.clear();
    }
}
