package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;

/** Takes whatever is bound and computes nothing. Tests change what they are about. */
public class QuietBinding implements Binding {

    @Override
    public void input(String name, ElementType type, long[] shape, MemorySegment host) {}

    @Override
    public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {}

    @Override
    public void output(String name, ElementType type, long[] shape, MemorySegment host) {}

    @Override
    public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {}

    @Override
    public void output(String name) {}

    @Override
    public void deviceOutput(String name) {}

    @Override
    public void run() {}

    @Override
    public Tensor result(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public DeviceTensor deviceResult(String name) {
        throw new UnsupportedOperationException(name);
    }

    @Override
    public void close() {}
}
