package dev.foretoken.onnxruntime.session.capi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** What all sessions share: the environment, which is one in a process whoever asks for it, and the host's allocator. */
final class OrtRuntime implements AutoCloseable {

    private static final int WARNINGS = 2;
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtApi api;
    private final OrtObject environment;
    private final OrtObject hostMemory;
    private final long allocator;

    OrtRuntime(OrtApi api) {
        this.api = api;
        try (Arena arena = Arena.ofConfined()) {
            environment = api.object(
                    OrtFunction.CREATE_ENV, OrtFunction.RELEASE_ENV, WARNINGS, NativeText.write(arena, "foretoken"));
        }
        hostMemory = api.object(
                OrtFunction.CREATE_CPU_MEMORY_INFO, OrtFunction.RELEASE_MEMORY_INFO, DEVICE_ALLOCATOR, DEFAULT_MEMORY);
        allocator = api.get(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS);
    }

    OrtApi api() {
        return api;
    }

    long environment() {
        return environment.address();
    }

    /** {@code OrtMemoryInfo} of the host's memory. */
    long hostMemory() {
        return hostMemory.address();
    }

    /** {@code OrtAllocator} of the host's memory; nobody releases it. */
    long allocator() {
        return allocator;
    }

    /** Names of what this library can compute on. */
    List<String> providers() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            api.check(OrtFunction.GET_AVAILABLE_PROVIDERS, array.address(), count.address());
            long texts = array.get(ValueLayout.JAVA_LONG, 0);
            int size = count.get(ValueLayout.JAVA_INT, 0);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                names.add(NativeText.read(
                        NativeText.view(texts, (long) size * Long.BYTES).getAtIndex(ValueLayout.JAVA_LONG, i)));
            }
            api.check(OrtFunction.RELEASE_AVAILABLE_PROVIDERS, texts, size);
            return names;
        }
    }

    @Override
    public void close() {
        hostMemory.close();
        environment.close();
    }
}
