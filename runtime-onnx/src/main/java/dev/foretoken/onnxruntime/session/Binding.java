package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Says where the tensors of a run lie; what is not bound again stays for the next. A range of memory may be bound as an input and an output at
 * the same time: graphs with shared caches write into what they read. Shapes have no dimension of -1; bytes are dense, row-major, little-endian;
 * {@link ElementType#BYTES} has the form that type describes. One thread at a time makes calls.
 */
public interface Binding extends AutoCloseable {

    /** Read in place where the device's memory is the host's, copied at each run elsewhere. */
    void input(String name, ElementType type, long[] shape, MemorySegment host);

    /** {@code offset} in bytes. */
    void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset);

    /** Written in place where the device's memory is the host's, copied after each run elsewhere. */
    void output(String name, ElementType type, long[] shape, MemorySegment host);

    /** {@code offset} in bytes. */
    void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset);

    /** Wanted, of a shape that the graph decides. */
    void output(String name);

    /** Wanted, of a shape that the graph decides, and left on the session's device. */
    void deviceOutput(String name);

    /**
     * Runs the graph once.
     *
     * @throws dev.foretoken.contract.ForetokenException INVALID_REQUEST for shapes that the graph refuses, RUNTIME_FAILED for anything else,
     *     with what ONNX Runtime says
     */
    void run();

    /** An output that was bound without a place, in host memory; valid until the next run. */
    Tensor result(String name);

    /** An output that was bound by {@link #deviceOutput}; valid until the next run, and closing its memory does nothing. */
    DeviceTensor deviceResult(String name);

    @Override
    void close();
}
