package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.Consumer;

/** Bytes on a GPU, from the allocator of the session that computes there. */
final class CudaMemory implements DeviceMemory {

    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final CudaRuntime cuda;
    private final OrtObject memory;
    private final long bytes;
    private final OrtApi api;
    private final long allocator;
    private final Consumer<CudaMemory> closed;

    private CudaMemory(
            OrtApi api, CudaRuntime cuda, long allocator, OrtObject memory, long bytes, Consumer<CudaMemory> closed) {
        this.api = api;
        this.cuda = cuda;
        this.allocator = allocator;
        this.memory = memory;
        this.bytes = bytes;
        this.closed = closed;
    }

    static OrtObject info(OrtApi api, int device) {
        try (Arena arena = Arena.ofConfined()) {
            return api.object(
                    OrtFunction.CREATE_MEMORY_INFO,
                    OrtFunction.RELEASE_MEMORY_INFO,
                    NativeText.write(arena, "Cuda"),
                    ARENA_ALLOCATOR,
                    device,
                    DEFAULT_MEMORY);
        }
    }

    /**
     * @param closed told when the memory is freed
     * @throws dev.foretoken.contract.ForetokenException INSUFFICIENT_MEMORY
     */
    static CudaMemory allocate(OrtApi api, CudaRuntime cuda, long allocator, long bytes, Consumer<CudaMemory> closed) {
        long address = api.get(OrtFunction.ALLOCATOR_ALLOC, allocator, Math.max(1, bytes));
        OrtObject memory = api.owned(address, () -> api.check(OrtFunction.ALLOCATOR_FREE, allocator, address));
        try {
            cuda.zero(address, bytes);
            return new CudaMemory(api, cuda, allocator, memory, bytes, closed);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /** Memory that somebody else frees. */
    static CudaMemory view(OrtApi api, CudaRuntime cuda, long allocator, long address, long bytes) {
        return new CudaMemory(api, cuda, allocator, new OrtObject(address, () -> {}), bytes, closed -> {});
    }

    /** @throws IllegalArgumentException for memory of another device than this one */
    static CudaMemory of(DeviceMemory memory, int device) {
        if (memory instanceof CudaMemory own && own.cuda.device() == device) {
            return own;
        }
        throw new IllegalArgumentException("memory of another device than CUDA device " + device);
    }

    long address() {
        return memory.address();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public boolean isHost() {
        return false;
    }

    @Override
    public MemorySegment segment() {
        throw new IllegalStateException(
                "CUDA device %d has memory of its own: read and write it instead".formatted(cuda.device()));
    }

    @Override
    public void write(MemorySegment from, long at) {
        Objects.checkFromIndexSize(at, from.byteSize(), bytes);
        try (HostCopy copy = HostCopy.filled(from)) {
            cuda.toDevice(address() + at, copy.address(), from.byteSize());
        }
    }

    @Override
    public void read(long at, MemorySegment to) {
        Objects.checkFromIndexSize(at, to.byteSize(), bytes);
        try (HostCopy copy = HostCopy.of(to)) {
            cuda.toHost(copy.address(), address() + at, to.byteSize());
            copy.into(to);
        }
    }

    /** Ranges that overlap go by way of other memory: the driver copies in no order that could be relied on. */
    @Override
    public void copy(long from, DeviceMemory to, long at, long count) {
        CudaMemory target = of(to, cuda.device());
        Objects.checkFromIndexSize(from, count, bytes);
        Objects.checkFromIndexSize(at, count, target.bytes);
        if (target != this || Math.abs(from - at) >= count) {
            cuda.onDevice(target.address() + at, address() + from, count);
            return;
        }
        try (CudaMemory between = allocate(api, cuda, allocator, count, freed -> {})) {
            cuda.onDevice(between.address(), address() + from, count);
            cuda.onDevice(address() + at, between.address(), count);
        }
    }

    @Override
    public void clear(long at, long count) {
        Objects.checkFromIndexSize(at, count, bytes);
        cuda.zero(address() + at, count);
    }

    @Override
    public void close() {
        memory.close();
        closed.accept(this);
    }
}
