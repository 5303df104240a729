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

    /**
     * Copies the bytes from {@code from} on to those of {@code to} from {@code at} on, without the host where the device has memory of its own.
     *
     * @param to memory of the same device; where it is this one, the ranges may overlap
     */
    void copy(long from, DeviceMemory to, long at, long bytes);

    /** Makes the bytes from {@code at} on zeros. */
    void clear(long at, long bytes);

    @Override
    void close();
}
