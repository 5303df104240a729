package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Copies and clears ranges of device memory and counts what it copies. */
final class CacheCopier {

    private static final long STAGE = 1 << 20;

    private final Arena arena = Arena.ofAuto();
    private long bytes;
    private MemorySegment stage = MemorySegment.NULL;

    long bytes() {
        return bytes;
    }

    void copy(DeviceMemory from, long at, DeviceMemory to, long target, long count) {
        bytes += count;
        if (from == to) {
            from.copy(at, target, count);
        } else if (from.isHost() && to.isHost()) {
            MemorySegment.copy(from.segment(), at, to.segment(), target, count);
        } else {
            for (long done = 0; done < count; done += STAGE) {
                MemorySegment part = stage().asSlice(0, Math.min(STAGE, count - done));
                from.read(at + done, part);
                to.write(part, target + done);
            }
        }
    }

    void clear(DeviceMemory memory, long at, long count) {
        if (memory.isHost()) {
            memory.segment().asSlice(at, count).fill((byte) 0);
            return;
        }
        stage().fill((byte) 0);
        for (long done = 0; done < count; done += STAGE) {
            memory.write(stage().asSlice(0, Math.min(STAGE, count - done)), at + done);
        }
    }

    private MemorySegment stage() {
        if (stage.byteSize() == 0) {
            stage = arena.allocate(STAGE, 64);
        }
        return stage;
    }
}
