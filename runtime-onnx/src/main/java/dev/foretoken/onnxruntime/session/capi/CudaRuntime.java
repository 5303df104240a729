package dev.foretoken.onnxruntime.session.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Optional;

/**
 * Copies to, from and on one GPU, by CUDA's runtime library. Every copy has ended when it returns: ONNX Runtime computes on a stream of its own,
 * which waits for no other.
 */
final class CudaRuntime {

    /** The one that ONNX Runtime's provider is linked to: another one would have a state of its own. */
    static final String NAME = "libcudart.so.12";

    private static final int HOST_TO_DEVICE = 1;
    private static final int DEVICE_TO_HOST = 2;
    private static final int DEVICE_TO_DEVICE = 3;

    private final int device;
    private final MethodHandle setDevice;
    private final MethodHandle memcpy;
    private final MethodHandle memset;
    private final MethodHandle synchronize;
    private final MethodHandle errorString;
    private final MethodHandle clearError;

    CudaRuntime(SymbolLookup library, int device) {
        this.device = device;
        setDevice = function(library, "cudaSetDevice", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        memcpy = function(
                library, "cudaMemcpy", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));
        memset = function(library, "cudaMemset", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG));
        synchronize = function(library, "cudaStreamSynchronize", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
        errorString = function(library, "cudaGetErrorString", FunctionDescriptor.of(JAVA_LONG, JAVA_INT));
        clearError = MethodHandles.dropReturn(function(library, "cudaGetLastError", FunctionDescriptor.of(JAVA_INT)));
    }

    /** Empty where the library is not installed. */
    static Optional<CudaRuntime> find(int device) {
        return OrtLibrary.library(NAME).map(library -> new CudaRuntime(library, device));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
    }

    int device() {
        return device;
    }

    void zero(long address, long bytes) {
        call("clear memory", () -> (int) memset.invokeExact(address, 0, bytes));
    }

    void toDevice(long to, long from, long bytes) {
        call("copy to the device", () -> (int) memcpy.invokeExact(to, from, bytes, HOST_TO_DEVICE));
    }

    void toHost(long to, long from, long bytes) {
        call("copy to the host", () -> (int) memcpy.invokeExact(to, from, bytes, DEVICE_TO_HOST));
    }

    void onDevice(long to, long from, long bytes) {
        call("copy on the device", () -> (int) memcpy.invokeExact(to, from, bytes, DEVICE_TO_DEVICE));
    }

    /** The device is a setting of each thread; clearing and copying may return before they are done. */
    private void call(String what, CudaCall call) {
        try {
            check(what, (int) setDevice.invokeExact(device));
            check(what, call.run());
            check(what, (int) synchronize.invokeExact(0L));
        } catch (ForetokenException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw", e);
        }
    }

    /** An error is taken back from the thread, where ONNX Runtime would find it and think it its own. */
    private void check(String what, int error) throws Throwable {
        if (error != 0) {
            clearError.invokeExact();
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED,
                    "CUDA device %d cannot %s: %s (error %d)"
                            .formatted(device, what, NativeText.read((long) errorString.invokeExact(error)), error));
        }
    }

    private interface CudaCall {
        int run() throws Throwable;
    }
}
