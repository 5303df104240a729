package dev.foretoken.onnxruntime.session;

import java.lang.foreign.MemorySegment;

/** Bytes on the device that a session computes on. One thread makes all calls. */
public interface DeviceMemory extends AutoCloseable {

    long bytes();

    /** Whether the device's memory is the host's. */
    boolean isHost();

    /**
     * The bytes themselves.
     *
     * @throws IllegalStateException where the device has memory of its own
     */
    MemorySegment segment();

    /** Copies {@code from}, whole, to the bytes from {@code at} on. */
    void write(MemorySegment from, long at);

    /** Copies the bytes from {@code at} on to {@code to}, as many as it holds. */
    void read(long at, MemorySegment to);

    /** Copies within the device, also between ranges that overlap. */
    void copy(long from, long to, long bytes);

    @Override
    void close();
}
