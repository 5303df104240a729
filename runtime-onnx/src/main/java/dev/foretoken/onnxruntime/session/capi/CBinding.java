package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.DeviceTensor;
import dev.foretoken.onnxruntime.session.TensorFit;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code OrtIoBinding}: what is not bound again stays, and a run that changes nothing is one call. */
final class CBinding implements Binding {

    private final CGraphSession session;
    private final OrtApi api;
    private final OrtObject binding;
    private final Map<String, BoundPort> inputs = new HashMap<>();
    /** In the order of their first binding, which ONNX Runtime returns them in. */
    private final Map<String, BoundPort> outputs = new LinkedHashMap<>();

    private final Map<String, AllocatedOutput> allocated = new HashMap<>();

    private @Nullable RunResults results;
    private boolean ran;

    CBinding(CGraphSession session) {
        this.session = session;
        this.api = session.runtime().api();
        this.binding = api.object(OrtFunction.CREATE_IO_BINDING, OrtFunction.RELEASE_IO_BINDING, session.address());
    }

    @Override
    public void input(String name, ElementType type, long[] shape, MemorySegment host) {
        long port = session.inputNames().name(name, type);
        if (type == ElementType.BYTES) {
            input(name, port).bind(StringTensors.of(api, session.runtime().allocator(), name, shape, host));
        } else {
            MemoryPlace place = host(name, type, shape, host);
            input(name, port).bind(type, shape, place, !session.device().isHost());
        }
    }

    @Override
    public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        long port = session.inputNames().name(name, type);
        MemoryPlace place = place(name, type, shape, memory, offset);
        input(name, port).bind(type, shape, place, false);
    }

    @Override
    public void output(String name, ElementType type, long[] shape, MemorySegment host) {
        long port = session.outputNames().name(name, type);
        if (type == ElementType.BYTES) {
            TensorFit.bytes(name, type, shape);
            allocate(name, port, session.runtime().hostMemory(), host);
        } else {
            output(name, port, type, shape, host(name, type, shape, host));
        }
    }

    @Override
    public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        long port = session.outputNames().name(name, type);
        output(name, port, type, shape, place(name, type, shape, memory, offset));
    }

    @Override
    public void output(String name) {
        allocate(name, session.outputNames().name(name), session.runtime().hostMemory(), MemorySegment.NULL);
    }

    @Override
    public void deviceOutput(String name) {
        long port = session.outputNames().name(name);
        TensorFit.requireNumbers(name, session.outputNames().type(name));
        allocate(name, port, session.device().memoryInfo(), MemorySegment.NULL);
    }

    private BoundPort input(String name, long port) {
        return inputs.computeIfAbsent(name, n -> port(OrtFunction.BIND_INPUT, port));
    }

    private BoundPort port(OrtFunction bind, long name) {
        return new BoundPort(api, binding.address(), bind, name);
    }

    private void output(String name, long port, ElementType type, long[] shape, MemoryPlace place) {
        outputs.computeIfAbsent(name, n -> port(OrtFunction.BIND_OUTPUT, port)).bind(type, shape, place, false);
        allocated.remove(name);
    }

    private void allocate(String name, long port, long memoryInfo, MemorySegment strings) {
        api.check(OrtFunction.BIND_OUTPUT_TO_DEVICE, binding.address(), port, memoryInfo);
        outputs.computeIfAbsent(name, n -> port(OrtFunction.BIND_OUTPUT, port)).unbind();
        int index = List.copyOf(outputs.keySet()).indexOf(name);
        allocated.put(name, new AllocatedOutput(port, memoryInfo, index, strings));
    }

    private MemoryPlace host(String name, ElementType type, long[] shape, MemorySegment host) {
        if (!host.isNative()) {
            throw new IllegalArgumentException("Tensor " + name + " is in the heap, not in native memory");
        }
        TensorFit.require(name, type, shape, host);
        return new MemoryPlace(session.runtime().hostMemory(), host.address(), host.byteSize(), host);
    }

    private MemoryPlace place(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        TensorFit.requireNumbers(name, type);
        return session.device().place(memory, offset, TensorFit.bytes(name, type, shape));
    }

    @Override
    public void run() {
        release();
        inputs.values().forEach(BoundPort::beforeRun);
        allocated.values().forEach(this::askAnew);
        api.check(OrtFunction.RUN_WITH_BINDING, session.address(), session.runOptions(), binding.address());
        ran = true;
        allocated.forEach((name, output) -> {
            if (output.strings().address() != 0) {
                MemorySegment data = result(name).data();
                MemorySegment.copy(data, 0, output.strings(), 0, data.byteSize());
            }
        });
    }

    /** Not asked for anew, the output of the last run would be written again, and a new shape be refused. */
    private void askAnew(AllocatedOutput output) {
        api.check(OrtFunction.BIND_OUTPUT_TO_DEVICE, binding.address(), output.port(), output.memoryInfo());
    }

    @Override
    public Tensor result(String name) {
        long value = value(name, session.runtime().hostMemory());
        return TensorReader.read(api, name, session.outputNames().type(name), value);
    }

    @Override
    public DeviceTensor deviceResult(String name) {
        return TensorReader.read(
                api,
                session.device(),
                name,
                session.outputNames().type(name),
                value(name, session.device().memoryInfo()));
    }

    private long value(String name, long memoryInfo) {
        AllocatedOutput output = allocated.get(name);
        if (!ran || output == null || output.memoryInfo() != memoryInfo) {
            throw new IllegalStateException("Output " + name + " was not left to ONNX Runtime, or nothing ran yet");
        }
        RunResults all = results;
        if (all == null) {
            all = RunResults.of(api, session.runtime().allocator(), binding.address());
            results = all;
        }
        return all.value(output.index());
    }

    private void release() {
        ran = false;
        if (results != null) {
            results.close();
            results = null;
        }
    }

    @Override
    public void close() {
        release();
        allocated.clear();
        binding.close();
        inputs.values().forEach(BoundPort::close);
        outputs.values().forEach(BoundPort::close);
        session.closed(this);
    }

    /**
     * An output that ONNX Runtime allocates.
     *
     * @param port its name as a C string
     * @param memoryInfo of where it goes
     * @param index among all that were bound
     * @param strings where its elements go after a run; null where nobody said
     */
    private record AllocatedOutput(long port, long memoryInfo, int index, MemorySegment strings) {}
}
