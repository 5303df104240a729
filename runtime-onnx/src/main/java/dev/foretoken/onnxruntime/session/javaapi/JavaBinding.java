package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.DeviceTensor;
import dev.foretoken.onnxruntime.session.HostMemory;
import dev.foretoken.onnxruntime.session.TensorFit;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tensors over memory, made once and kept until something else is bound in their place. */
final class JavaBinding implements Binding {

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Function<String, ElementType> outputTypes;
    private final Map<String, BoundTensor> bound = new HashMap<>();
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    private final Map<String, OnnxTensor> pinned = new HashMap<>();
    /** Outputs that ONNX Runtime allocates, because nobody said where they go or because their type cannot be made over memory. */
    private final Set<String> allocated = new HashSet<>();
    /** Where outputs that cannot be made over memory are copied to. */
    private final Map<String, MemorySegment> copied = new HashMap<>();

    private OrtSession.@Nullable Result last;

    JavaBinding(OrtEnvironment environment, OrtSession session, Function<String, ElementType> outputTypes) {
        this.environment = environment;
        this.session = session;
        this.outputTypes = outputTypes;
    }

    @Override
    public void input(String name, ElementType type, long[] shape, MemorySegment host) {
        inputs.put(name, tensor("<" + name, name, type, shape, host));
    }

    @Override
    public void input(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        input(name, type, shape, range(name, type, shape, memory, offset));
    }

    @Override
    public void output(String name, ElementType type, long[] shape, MemorySegment host) {
        if (!JavaElements.overMemory(type)) {
            output(name);
            copied.put(name, host);
            return;
        }
        pinned.put(name, tensor(">" + name, name, type, shape, host));
        allocated.remove(name);
    }

    @Override
    public void output(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        output(name, type, shape, range(name, type, shape, memory, offset));
    }

    @Override
    public void output(String name) {
        outputTypes.apply(name);
        pinned.remove(name);
        copied.remove(name);
        release(bound.remove(">" + name));
        allocated.add(name);
    }

    /** What the host computes is there already. */
    @Override
    public void deviceOutput(String name) {
        TensorFit.requireNumbers(name, outputTypes.apply(name));
        output(name);
    }

    private OnnxTensor tensor(String key, String name, ElementType type, long[] shape, MemorySegment memory) {
        BoundTensor before = bound.get(key);
        if (before != null && before.isOver(type, shape, memory)) {
            return before.tensor();
        }
        try {
            OnnxTensor tensor = made(name, type, shape, memory);
            bound.put(key, new BoundTensor(tensor, type, shape, memory));
            release(before);
            return tensor;
        } catch (OrtException e) {
            throw OrtFailures.ofRun(e);
        }
    }

    private OnnxTensor made(String name, ElementType type, long[] shape, MemorySegment memory) throws OrtException {
        if (type == ElementType.BYTES) {
            return BoundTensor.strings(environment, name, shape, memory);
        }
        TensorFit.require(name, type, shape, memory);
        return JavaElements.tensor(environment, name, type, shape, memory);
    }

    private static void release(@Nullable BoundTensor bound) {
        if (bound != null) {
            bound.tensor().close();
        }
    }

    private static MemorySegment range(String name, ElementType type, long[] shape, DeviceMemory memory, long offset) {
        TensorFit.requireNumbers(name, type);
        return memory.segment().asSlice(offset, TensorFit.bytes(name, type, shape));
    }

    @Override
    public void run() {
        release();
        try {
            last = session.run(inputs, allocated, pinned);
            for (Map.Entry<String, MemorySegment> copy : copied.entrySet()) {
                MemorySegment data = result(copy.getKey()).data();
                MemorySegment.copy(data, 0, copy.getValue(), 0, data.byteSize());
            }
        } catch (OrtException e) {
            throw OrtFailures.ofRun(e);
        }
    }

    @Override
    public Tensor result(String name) {
        OrtSession.Result results = last;
        if (results == null || !allocated.contains(name)) {
            throw new IllegalStateException("Output " + name + " was not left to ONNX Runtime, or nothing ran yet");
        }
        return results.get(name)
                .map(OnnxTensor.class::cast)
                .map(value -> BoundTensor.result(name, outputTypes.apply(name), value))
                .orElseThrow(() -> new IllegalStateException("Output " + name + " was bound after the run"));
    }

    @Override
    public DeviceTensor deviceResult(String name) {
        Tensor result = result(name);
        return new DeviceTensor(result.shape(), HostMemory.over(result.data()));
    }

    private void release() {
        if (last != null) {
            last.close();
            last = null;
        }
    }

    @Override
    public void close() {
        release();
        bound.values().forEach(tensor -> tensor.tensor().close());
        bound.clear();
    }
}
