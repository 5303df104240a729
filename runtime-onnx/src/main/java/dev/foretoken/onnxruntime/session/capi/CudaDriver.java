package dev.foretoken.onnxruntime.session.capi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** What NVIDIA's driver says of this machine. */
sealed interface CudaDriver {

    /**
     * @param devices GPUs, or instances of one, that this process may use
     * @param version of CUDA that it runs, at most: 12040 is 12.4
     */
    record Started(int devices, int version) implements CudaDriver {}

    /** @param reason a sentence */
    record Silent(String reason) implements CudaDriver {}

    /** @param library empty where it is not installed */
    static CudaDriver ask(Optional<SymbolLookup> library) {
        if (library.isEmpty()) {
            return new Silent(
                    "no NVIDIA driver answers here (libcuda.so.1); install one, or give this container the GPU");
        }
        try (Arena arena = Arena.ofConfined()) {
            return new Functions(library.get()).ask(arena);
        }
    }

    /** Of libcuda.so.1, by the names of its header cuda.h. */
    final class Functions {

        private static final FunctionDescriptor OF_INT = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        private static final FunctionDescriptor OF_POINTER = FunctionDescriptor.of(JAVA_INT, JAVA_LONG);
        private static final FunctionDescriptor OF_BOTH = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG);

        private final SymbolLookup library;

        private Functions(SymbolLookup library) {
            this.library = library;
        }

        private CudaDriver ask(Arena arena) {
            MemorySegment version = arena.allocate(JAVA_INT);
            MemorySegment devices = arena.allocate(JAVA_INT);
            try {
                int error = (int) function("cuInit", OF_INT).invokeExact(0);
                if (error == 0) {
                    error = (int) function("cuDriverGetVersion", OF_POINTER).invokeExact(version.address());
                }
                if (error == 0) {
                    error = (int) function("cuDeviceGetCount", OF_POINTER).invokeExact(devices.address());
                }
                return error == 0
                        ? new Started(devices.get(JAVA_INT, 0), version.get(JAVA_INT, 0))
                        : new Silent(
                                ("the NVIDIA driver does not start: %s (error %d); this container may have been given"
                                                + " no GPU, or CUDA_VISIBLE_DEVICES hides it")
                                        .formatted(text(error, arena), error));
            } catch (Throwable e) {
                throw new AssertionError("a C function cannot throw", e);
            }
        }

        private String text(int error, Arena arena) throws Throwable {
            MemorySegment text = arena.allocate(JAVA_LONG);
            int unknown = (int) function("cuGetErrorString", OF_BOTH).invokeExact(error, text.address());
            return unknown == 0 ? NativeText.read(text.get(JAVA_LONG, 0)) : "it does not say why";
        }

        @SuppressWarnings("restricted")
        private MethodHandle function(String name, FunctionDescriptor descriptor) {
            return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
        }
    }
}
