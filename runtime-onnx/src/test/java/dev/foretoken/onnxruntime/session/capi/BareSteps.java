package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.ElementNumbers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** {@link CacheSteps} as a program in C would write them: everything is bound once, and only what the device reads a copy of is bound again. */
final class BareSteps implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final List<OrtObject> objects = new ArrayList<>();
    private final CGraphSession session;
    private final OrtApi api;
    private final OrtObject binding;
    private final DeviceMemory cache;
    private final MemorySegment row;
    private final MemorySegment at;
    private final MemorySegment scores;
    private final OrtObject rowValue;
    private final OrtObject atValue;

    BareSteps(CGraphSession session, int rows, int width) {
        this.session = session;
        this.api = session.runtime().api();
        cache = session.allocate(4L * rows * width);
        row = arena.allocate(4L * width, 64);
        at = arena.allocate(8, 64);
        scores = arena.allocate(4L * rows, 64);
        binding = api.object(OrtFunction.CREATE_IO_BINDING, OrtFunction.RELEASE_IO_BINDING, session.address());
        MemoryPlace place = session.device().place(cache, 0, cache.bytes());
        OrtObject cacheValue = value(place, ElementType.FP32, rows, width);
        rowValue = value(host(row), ElementType.FP32, 1, width);
        atValue = value(host(at), ElementType.INT64, 1, 1);
        bind(OrtFunction.BIND_INPUT, "past", cacheValue);
        bind(OrtFunction.BIND_OUTPUT, "present", cacheValue);
        bind(OrtFunction.BIND_INPUT, "x", rowValue);
        bind(OrtFunction.BIND_INPUT, "at", atValue);
        bind(OrtFunction.BIND_OUTPUT, "scores", value(host(scores), ElementType.FP32, 1, rows));
    }

    private MemoryPlace host(MemorySegment memory) {
        return new MemoryPlace(session.runtime().hostMemory(), memory.address(), memory.byteSize(), memory);
    }

    private OrtObject value(MemoryPlace place, ElementType type, long... shape) {
        OrtObject value = api.object(
                OrtFunction.CREATE_TENSOR_WITH_DATA,
                OrtFunction.RELEASE_VALUE,
                place.memoryInfo(),
                place.address(),
                place.bytes(),
                NativeText.write(arena, shape),
                shape.length,
                ElementNumbers.number(type));
        objects.add(value);
        return value;
    }

    private void bind(OrtFunction function, String name, OrtObject value) {
        NativePortNames names = function == OrtFunction.BIND_INPUT ? session.inputNames() : session.outputNames();
        api.check(function, binding.address(), names.name(name), value.address());
    }

    void step(int position, float value) {
        row.fill((byte) 0);
        row.set(ValueLayout.JAVA_FLOAT, 0, value);
        at.set(ValueLayout.JAVA_LONG, 0, position);
        if (!session.device().isHost()) {
            bind(OrtFunction.BIND_INPUT, "x", rowValue);
            bind(OrtFunction.BIND_INPUT, "at", atValue);
        }
        api.check(OrtFunction.RUN_WITH_BINDING, session.address(), session.runOptions(), binding.address());
    }

    float score(int position) {
        return scores.getAtIndex(ValueLayout.JAVA_FLOAT, position);
    }

    @Override
    public void close() {
        binding.close();
        objects.forEach(OrtObject::close);
        cache.close();
        arena.close();
    }
}
