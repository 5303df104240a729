package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What a run left in its outputs, in the order they were first bound in. */
final class RunResults implements AutoCloseable {

    private final List<OrtObject> values;

    private RunResults(List<OrtObject> values) {
        this.values = values;
    }

    static RunResults of(OrtApi api, long allocator, long binding) {
        List<OrtObject> values = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_LONG);
            api.check(OrtFunction.GET_BOUND_OUTPUT_VALUES, binding, allocator, array.address(), count.address());
            long at = array.get(ValueLayout.JAVA_LONG, 0);
            long size = count.get(ValueLayout.JAVA_LONG, 0);
            MemorySegment each = NativeText.view(at, size * Long.BYTES);
            for (long i = 0; i < size; i++) {
                values.add(api.owned(each.getAtIndex(ValueLayout.JAVA_LONG, i), OrtFunction.RELEASE_VALUE));
            }
            api.check(OrtFunction.ALLOCATOR_FREE, allocator, at);
        }
        return new RunResults(values);
    }

    long value(int index) {
        return values.get(index).address();
    }

    @Override
    public void close() {
        values.forEach(OrtObject::close);
    }
}
