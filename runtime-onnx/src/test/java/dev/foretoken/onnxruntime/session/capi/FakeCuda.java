package dev.foretoken.onnxruntime.session.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** CUDA's runtime and driver for a device whose memory is the host's. Notes what it is called for, and fails where it is told to. */
final class FakeCuda implements SymbolLookup, AutoCloseable {

    /** {@code cudaErrorInvalidValue}, and what else a test says. */
    static final int INVALID_VALUE = 1;

    private final Arena arena = Arena.ofShared();
    private final List<String> calls = new ArrayList<>();
    private String failing = "";
    private int error;

    List<String> calls() {
        return calls;
    }

    void fail(String function, int with) {
        failing = function;
        error = with;
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return switch (name) {
            case "cudaSetDevice" -> stub("setDevice", JAVA_INT, JAVA_INT);
            case "cudaMemcpy" -> stub("memcpy", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);
            case "cudaMemset" -> stub("memset", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
            case "cudaStreamSynchronize" -> stub("synchronize", JAVA_INT, JAVA_LONG);
            case "cudaGetErrorString" -> stub("errorString", JAVA_LONG, JAVA_INT);
            case "cudaGetLastError" -> stub("lastError", JAVA_INT);
            case "cuInit" -> stub("init", JAVA_INT, JAVA_INT);
            case "cuDriverGetVersion" -> stub("version", JAVA_INT, JAVA_LONG);
            case "cuDeviceGetCount" -> stub("count", JAVA_INT, JAVA_LONG);
            case "cuGetErrorString" -> stub("driverErrorString", JAVA_INT, JAVA_INT, JAVA_LONG);
            default -> Optional.empty();
        };
    }

    @SuppressWarnings("restricted")
    private Optional<MemorySegment> stub(String method, ValueLayout result, MemoryLayout... parameters) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(result, parameters);
        MethodType type = descriptor.toMethodType();
        try {
            return Optional.of(Linker.nativeLinker()
                    .upcallStub(MethodHandles.lookup().bind(this, method, type), descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private int called(String function, Object argument) {
        calls.add(function + " " + argument);
        return function.equals(failing) ? error : 0;
    }

    int setDevice(int device) {
        return called("setDevice", device);
    }

    int memcpy(long to, long from, long bytes, int kind) {
        NativeText.view(to, bytes).copyFrom(NativeText.view(from, bytes));
        return called("memcpy", kind);
    }

    int memset(long at, int value, long bytes) {
        NativeText.view(at, bytes).fill((byte) value);
        return called("memset", value);
    }

    int synchronize(long stream) {
        return called("synchronize", stream);
    }

    long errorString(int number) {
        return arena.allocateFrom("made up " + number).address();
    }

    int lastError() {
        return called("lastError", "");
    }

    int init(int flags) {
        return called("init", flags);
    }

    int version(long out) {
        NativeText.view(out, Integer.BYTES).set(JAVA_INT, 0, 12040);
        return called("version", "");
    }

    int count(long out) {
        NativeText.view(out, Integer.BYTES).set(JAVA_INT, 0, 2);
        return called("count", "");
    }

    int driverErrorString(int number, long out) {
        NativeText.view(out, Long.BYTES).set(JAVA_LONG, 0, errorString(number));
        return 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
