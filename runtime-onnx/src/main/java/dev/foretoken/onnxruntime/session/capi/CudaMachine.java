package dev.foretoken.onnxruntime.session.capi;

import dev.foretoken.contract.runtime.Availability;
import java.util.List;

/**
 * What this process has of CUDA.
 *
 * @param missing libraries that ONNX Runtime's CUDA provider is linked to and the system does not find
 */
record CudaMachine(CudaDriver driver, List<String> missing) {

    /** Those that the provider's library names; cuDNN and cuFFT it looks for itself, when a graph needs them. */
    private static final List<String> NEEDED =
            List.of(CudaRuntime.NAME, "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10");

    private static final int OLDEST = 12000;

    CudaMachine {
        missing = List.copyOf(missing);
    }

    static CudaMachine look() {
        return new CudaMachine(
                CudaDriver.ask(OrtLibrary.library("libcuda.so.1")),
                NEEDED.stream()
                        .filter(name -> OrtLibrary.library(name).isEmpty())
                        .toList());
    }

    Availability device(int index) {
        return switch (driver) {
            case CudaDriver.Silent(String reason) -> new Availability.Missing(reason);
            case CudaDriver.Started(int devices, int version) -> device(index, devices, version);
        };
    }

    private Availability device(int index, int devices, int version) {
        if (version < OLDEST) {
            return new Availability.Missing(
                    "the NVIDIA driver runs CUDA %d.%d at most; update it to one that runs CUDA 12"
                            .formatted(version / 1000, version % 1000 / 10));
        }
        if (index < 0 || index >= devices) {
            return new Availability.Missing(
                    "no CUDA device %d: the driver shows %d, counted from 0; CUDA_VISIBLE_DEVICES may hide others"
                            .formatted(index, devices));
        }
        if (!missing.isEmpty()) {
            return new Availability.Missing(
                    "libraries of CUDA 12 are not installed (%s); install its runtime, cuBLAS and cuRAND, and cuDNN 9 for convolutions"
                            .formatted(String.join(", ", missing)));
        }
        return new Availability.Present();
    }
}
