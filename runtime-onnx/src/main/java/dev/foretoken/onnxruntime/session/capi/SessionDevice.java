package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.onnxruntime.session.DeviceMemory;

/** Where a session computes. */
sealed interface SessionDevice extends AutoCloseable permits HostDevice, CudaDevice {

    /** Whether the graph reads and writes the host's memory in place. */
    boolean isHost();

    /** {@code OrtMemoryInfo} of its memory. */
    long memoryInfo();

    DeviceMemory allocate(long bytes);

    /** Memory of ONNX Runtime's there: closing it does nothing. */
    DeviceMemory view(long address, long bytes);

    /**
     * Where a range of memory lies.
     *
     * @throws IllegalArgumentException for memory of another device
     */
    MemoryPlace place(DeviceMemory memory, long offset, long bytes);

    @Override
    void close();
}
