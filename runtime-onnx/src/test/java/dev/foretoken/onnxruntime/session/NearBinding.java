package dev.foretoken.onnxruntime.session;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.function.UnaryOperator;

/** A binding of a session whose memory a test has wrapped. */
class NearBinding implements Binding {

    private final Binding near;
    private final UnaryOperator<DeviceMemory> unwrap;

    NearBinding(Binding near, UnaryOperator<DeviceMemory> unwrap) {
        this.near = near;
        this.unwrap = unwrap;
    }

    @Override
    public void input(String name, ElementType type, long[] shape, MemorySegment host) {
        near.input(name, type, shape, host);
    }

    @Override
    public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        near.input(name, type, shape, unwrap.apply(memory), offset);
    }

    @Override
    public void output(String name, ElementType type, long[] shape, MemorySegment host) {
        near.output(name, type, shape, host);
    }

    @Override
    public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        near.output(name, type, shape, unwrap.apply(memory), offset);
    }

    @Override
    public void output(String name) {
        near.output(name);
    }

    @Override
    public void deviceOutput(String name) {
        near.deviceOutput(name);
    }

    @Override
    public void run() {
        near.run();
    }

    @Override
    public Tensor result(String name) {
        return near.result(name);
    }

    @Override
    public DeviceTensor deviceResult(String name) {
        return near.deviceResult(name);
    }

    @Override
    public void close() {
        near.close();
    }
}
