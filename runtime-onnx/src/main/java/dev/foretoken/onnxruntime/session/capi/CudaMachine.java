package dev.foretoken.onnxruntime.session.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.foretoken.contract.runtime.Availability;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * What this process has of CUDA.
 *
 * @param provider whether this ONNX Runtime was built with its CUDA provider
 * @param devices what the driver shows of GPUs; empty without a driver
 * @param runtime whether CUDA's runtime library is installed
 */
record CudaMachine(boolean provider, Optional<Integer> devices, boolean runtime) {

    static CudaMachine look(boolean provider) {
        return new CudaMachine(
                provider,
                OrtLibrary.library("libcuda.so.1").flatMap(CudaMachine::count),
                CudaRuntime.library().isPresent());
    }

    Availability device(int index) {
        if (!provider) {
            return new Availability.Missing(
                    "this build's ONNX Runtime computes on CPUs only; build with the Maven profile cuda,"
                            + " which takes onnxruntime_gpu instead of onnxruntime");
        }
        if (devices.isEmpty()) {
            return new Availability.Missing(
                    "no NVIDIA driver answers here (libcuda.so.1); install one, or give this container the GPU");
        }
        if (index < 0 || index >= devices.get()) {
            return new Availability.Missing(
                    "no CUDA device %d: the driver shows %d, counted from 0; CUDA_VISIBLE_DEVICES may hide others"
                            .formatted(index, devices.get()));
        }
        if (!runtime) {
            return new Availability.Missing(
                    "CUDA's runtime library is not installed (libcudart.so.12); install CUDA 12 with cuBLAS and cuDNN 9");
        }
        return new Availability.Present();
    }

    /** Empty when the driver cannot start, as inside a container that was given no GPU. */
    @SuppressWarnings("restricted")
    private static Optional<Integer> count(SymbolLookup driver) {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor ofInt = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        FunctionDescriptor ofPointer = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
        try (Arena arena = Arena.ofConfined()) {
            if ((int) linker.downcallHandle(driver.findOrThrow("cuInit"), ofInt).invokeExact(0) != 0) {
                return Optional.empty();
            }
            MemorySegment count = arena.allocate(JAVA_INT);
            int error = (int) linker.downcallHandle(driver.findOrThrow("cuDeviceGetCount"), ofPointer)
                    .invokeExact(count.address());
            return error == 0 ? Optional.of(count.get(JAVA_INT, 0)) : Optional.empty();
        } catch (Throwable e) {
            throw new AssertionError("a C function cannot throw", e);
        }
    }
}
