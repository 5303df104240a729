package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.HostMemory;
import java.lang.foreign.MemorySegment;

/** The processor that the process runs on. */
record HostDevice(long memoryInfo) implements SessionDevice {

    @Override
    public boolean isHost() {
        return true;
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return HostMemory.allocate(bytes);
    }

    @Override
    public MemoryPlace place(DeviceMemory memory, long offset, long bytes) {
        return place(memory.segment().asSlice(offset, bytes));
    }

    @Override
    public DeviceMemory view(long address, long bytes) {
        return HostMemory.over(NativeText.view(address, bytes));
    }

    MemoryPlace place(MemorySegment memory) {
        return new MemoryPlace(memoryInfo, memory.address(), memory.byteSize(), memory);
    }

    @Override
    public void close() {}
}
