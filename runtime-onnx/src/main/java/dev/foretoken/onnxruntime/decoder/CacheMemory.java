package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import java.util.ArrayList;
import java.util.List;

/** The memory of several caches: all of it or none. */
final class CacheMemory {

    private CacheMemory() {}

    /** {@code sizes} in bytes. */
    static List<DeviceMemory> allocate(GraphSession session, List<Long> sizes) {
        List<DeviceMemory> memories = new ArrayList<>();
        try {
            for (long bytes : sizes) {
                memories.add(session.allocate(bytes));
            }
            return List.copyOf(memories);
        } catch (RuntimeException | Error e) {
            memories.forEach(DeviceMemory::close);
            throw e;
        }
    }
}
