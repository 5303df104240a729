package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.onnxruntime.session.SessionOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CudaMachineTest {

    private static final DeviceSpec FIRST = new DeviceSpec(DeviceSpec.Kind.CUDA, 0, 0, CpuList.ANY);

    private static void missing(CudaMachine machine, int device, String... parts) {
        assertThat(machine.device(device))
                .isInstanceOfSatisfying(
                        Availability.Missing.class,
                        missing -> assertThat(missing.reason()).contains(parts));
    }

    @Test
    void saysWhatIsMissingAndWhatToDo() {
        missing(new CudaMachine(false, Optional.of(1), true), 0, "CPUs only", "profile cuda", "onnxruntime_gpu");
        missing(new CudaMachine(true, Optional.empty(), true), 0, "driver", "libcuda.so.1", "container");
        missing(new CudaMachine(true, Optional.of(0), true), 0, "no CUDA device 0", "shows 0");
        missing(new CudaMachine(true, Optional.of(2), true), 2, "no CUDA device 2", "shows 2", "CUDA_VISIBLE_DEVICES");
        missing(new CudaMachine(true, Optional.of(2), true), -1, "no CUDA device -1");
        missing(new CudaMachine(true, Optional.of(1), false), 0, "libcudart.so.12", "install");
        assertThat(new CudaMachine(true, Optional.of(2), true).device(1)).isEqualTo(new Availability.Present());
    }

    @Test
    void refusesToOpenOnADeviceThatIsMissing() {
        try (CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1)) {
            assumeTrue(
                    factory.availability(FIRST) instanceof Availability.Missing,
                    "There is a GPU here: nothing is missing");
            assertThat(factory.availability(DeviceSpec.cpu(1))).isEqualTo(new Availability.Present());
            assertThatThrownBy(() -> factory.open(Path.of("model.onnx"), FIRST, SessionOptions.DEFAULT))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
                        assertThat(e.getMessage()).contains("Device CUDA 0 cannot be used: ");
                    });
        }
    }
}
