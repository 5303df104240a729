package dev.foretoken.onnxruntime.decoder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory outside the heap that grows with what is asked for; contents are lost then. */
final class NativeBuffer {

    private static final long LEAST = 256;

    private MemorySegment memory = MemorySegment.NULL;

    /** Exactly {@code bytes}, aligned to 64 bytes. */
    MemorySegment of(long bytes) {
        if (memory.byteSize() < bytes) {
            // what was bound before is read by nobody until it is bound again
            memory = Arena.ofAuto().allocate(Math.max(LEAST, bytes + bytes / 4), 64);
        }
        return memory.asSlice(0, bytes);
    }
}
