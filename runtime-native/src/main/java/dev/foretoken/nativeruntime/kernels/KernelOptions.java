package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.nativeruntime.kernels.ffi.Isa;
import dev.foretoken.nativeruntime.kernels.layout.Bounds;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How kernels are opened.
 *
 * @param threads threads that compute, the caller's included
 * @param arithmetic exact or fast
 * @param cpus thread i is bound to the i-th of them, the caller's (thread 0) during a step; exactly {@code threads}, or any
 * @param maxIsa newest instruction set to use; null: the best this CPU has
 * @param nativeDirectory where the C library lies ready; null: unpack it into the user's cache
 */
public record KernelOptions(
        int threads,
        Arithmetic arithmetic,
        CpuList cpus,
        @Nullable Isa maxIsa,
        @Nullable Path nativeDirectory) {
    /** Names the directory in which an image has the C library ready; without it the library is unpacked into the user's cache. */
    public static final String NATIVE_DIRECTORY = "foretoken.native-directory";

    /** Most threads of one set of kernels. */
    public static final int MAX_THREADS = 256;

    public KernelOptions {
        Bounds.positive("threads", threads);
        if (threads > MAX_THREADS) {
            throw new IllegalArgumentException("threads=%d, must be at most %d".formatted(threads, MAX_THREADS));
        }
        if (!cpus.isAny() && cpus.size() != threads) {
            throw new IllegalArgumentException("%d threads need as many CPUs, not %s".formatted(threads, cpus));
        }
    }

    /** On any CPUs, with the C library where this process has it. */
    public static KernelOptions of(int threads, Arithmetic arithmetic) {
        String directory = System.getProperty(NATIVE_DIRECTORY);
        return new KernelOptions(threads, arithmetic, CpuList.ANY, null, directory == null ? null : Path.of(directory));
    }
}
