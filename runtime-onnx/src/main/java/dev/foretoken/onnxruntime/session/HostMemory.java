package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of the host, for sessions that compute there. */
public final class HostMemory implements DeviceMemory {

    private static final long ALIGNMENT = 64;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;

    /** @throws ForetokenException INSUFFICIENT_MEMORY */
    public HostMemory(long bytes) {
        try {
            segment = arena.allocate(Math.max(1, bytes), ALIGNMENT).asSlice(0, bytes);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "This machine has no %d bytes left for a tensor".formatted(bytes),
                    e);
        }
    }

    @Override
    public long bytes() {
        return segment.byteSize();
    }

    @Override
    public boolean isHost() {
        return true;
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public void write(MemorySegment from, long at) {
        MemorySegment.copy(from, 0, segment, at, from.byteSize());
    }

    @Override
    public void read(long at, MemorySegment to) {
        MemorySegment.copy(segment, at, to, 0, to.byteSize());
    }

    @Override
    public void copy(long from, long to, long bytes) {
        MemorySegment.copy(segment, from, segment, to, bytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
