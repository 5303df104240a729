package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** A GPU, and the allocator that a session has on it. */
final class CudaDevice implements SessionDevice {

    private final OrtApi api;
    private final CudaRuntime cuda;
    private final OrtObject memoryInfo;
    private final OrtObject allocator;
    /** Not closed yet. */
    private final Set<CudaMemory> memories = new HashSet<>();

    /** Takes the memory info and the allocator over. */
    CudaDevice(OrtApi api, CudaRuntime cuda, OrtObject memoryInfo, OrtObject allocator) {
        this.api = api;
        this.cuda = cuda;
        this.memoryInfo = memoryInfo;
        this.allocator = allocator;
    }

    static CudaDevice of(OrtApi api, CudaRuntime cuda, long session) {
        OrtObject memoryInfo = CudaMemory.info(api, cuda.device());
        try {
            OrtObject allocator = api.object(
                    OrtFunction.CREATE_ALLOCATOR, OrtFunction.RELEASE_ALLOCATOR, session, memoryInfo.address());
            return new CudaDevice(api, cuda, memoryInfo, allocator);
        } catch (RuntimeException e) {
            memoryInfo.close();
            throw e;
        }
    }

    @Override
    public boolean isHost() {
        return false;
    }

    @Override
    public long memoryInfo() {
        return memoryInfo.address();
    }

    @Override
    public DeviceMemory view(long address, long bytes) {
        return CudaMemory.view(api, cuda, allocator.address(), address, bytes);
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        CudaMemory memory = CudaMemory.allocate(api, cuda, allocator.address(), bytes, memories::remove);
        memories.add(memory);
        return memory;
    }

    @Override
    public MemoryPlace place(DeviceMemory memory, long offset, long bytes) {
        CudaMemory own = CudaMemory.of(memory, cuda.device());
        Objects.checkFromIndexSize(offset, bytes, own.bytes());
        return new MemoryPlace(memoryInfo.address(), own.address() + offset, bytes, own);
    }

    /** Ends its memories too: what would free them later is gone with the session. */
    @Override
    public void close() {
        List.copyOf(memories).forEach(CudaMemory::close);
        allocator.close();
        memoryInfo.close();
    }
}
