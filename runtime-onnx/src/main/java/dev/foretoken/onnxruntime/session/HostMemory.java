package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of the host, for sessions that compute there. */
public final class HostMemory implements DeviceMemory {

    private static final long ALIGNMENT = 64;

    private final Runnable release;
    private final MemorySegment segment;

    private HostMemory(MemorySegment segment, Runnable release) {
        this.segment = segment;
        this.release = release;
    }

    /** @throws ForetokenException INSUFFICIENT_MEMORY */
    public static HostMemory allocate(long bytes) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment segment =
                    arena.allocate(Math.max(1, bytes), ALIGNMENT).asSlice(0, bytes);
            return new HostMemory(segment, arena::close);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    "This machine has no %d bytes left for a tensor".formatted(bytes),
                    e);
        }
    }

    /** Memory of somebody else's: closing it does nothing. */
    public static HostMemory over(MemorySegment segment) {
        return new HostMemory(segment, () -> {});
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
    public void copy(long from, DeviceMemory to, long at, long bytes) {
        MemorySegment.copy(segment, from, to.segment(), at, bytes);
    }

    @Override
    public void clear(long at, long bytes) {
        segment.asSlice(at, bytes).fill((byte) 0);
    }

    @Override
    public void close() {
        release.run();
    }
}
