package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.nativeruntime.kernels.ffi.Isa;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every implementation that this machine runs, opened once per test that asks. */
final class KernelsUnderTest {
    private KernelsUnderTest() {}

    /** Those that promise fp32 arithmetic. */
    static Stream<Kernels> exact() {
        return open(Arithmetic.EXACT, 2);
    }

    /** Those that round inputs to bf16. */
    static Stream<Kernels> fast() {
        return open(Arithmetic.FAST, 2).filter(kernels -> kernels.path().contains("bf16dot"));
    }

    static Stream<Kernels> all() {
        return Stream.concat(exact(), fast());
    }

    static List<Kernels> withThreads(Arithmetic arithmetic, int threads) {
        return open(arithmetic, threads).toList();
    }

    private static Stream<Kernels> open(Arithmetic arithmetic, int threads) {
        List<Kernels> opened = new ArrayList<>();
        String last = "";
        for (Isa isa : Isa.values()) {
            KernelOptions options = new KernelOptions(threads, arithmetic, CpuList.ANY, isa, null);
            if (NativeKernels.open(options) instanceof KernelAvailability.Present(Kernels kernels)) {
                if (kernels.path().equals(last)) {
                    kernels.close();
                } else {
                    opened.add(kernels);
                    last = kernels.path();
                }
            }
        }
        if (arithmetic == Arithmetic.EXACT
                && VectorKernels.open(KernelOptions.of(threads, arithmetic))
                        instanceof KernelAvailability.Present(Kernels kernels)) {
            opened.add(kernels);
        }
        return opened.stream();
    }
}
