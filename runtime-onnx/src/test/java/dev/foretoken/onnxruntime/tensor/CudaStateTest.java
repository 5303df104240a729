package dev.foretoken.onnxruntime.tensor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import org.junit.jupiter.api.BeforeEach;

/** Streams and loops on the first GPU; skipped with the reason where there is none. */
class CudaStateTest extends FarStateTest {

    private static final DeviceSpec FIRST = new DeviceSpec(DeviceSpec.Kind.CUDA, 0, 1, CpuList.ANY);

    @BeforeEach
    void skipWithoutGpu() {
        if (factory.availability(FIRST) instanceof Availability.Missing(String reason)) {
            assumeTrue(false, "Needs a GPU: " + reason);
        }
    }

    @Override
    DeviceSpec device() {
        return FIRST;
    }
}
