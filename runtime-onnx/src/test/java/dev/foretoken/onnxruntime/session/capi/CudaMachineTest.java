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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaMachineTest {

    private static final DeviceSpec FIRST = new DeviceSpec(DeviceSpec.Kind.CUDA, 0, 0, CpuList.ANY);

    private static void missing(CudaMachine machine, int device, String... parts) {
        assertThat(machine.device(device))
                .isInstanceOfSatisfying(
                        Availability.Missing.class,
                        missing -> assertThat(missing.reason()).contains(parts));
    }

    private static CudaMachine with(CudaDriver driver, String... missing) {
        return new CudaMachine(driver, List.of(missing));
    }

    @Test
    void saysWhatIsMissingAndWhatToDo() {
        CudaDriver two = new CudaDriver.Started(2, 12040);
        missing(with(CudaDriver.ask(Optional.empty())), 0, "driver", "libcuda.so.1", "container");
        missing(with(new CudaDriver.Started(1, 11080)), 0, "CUDA 11.8 at most", "update");
        missing(with(new CudaDriver.Started(0, 12000)), 0, "no CUDA device 0", "shows 0");
        missing(with(two), 2, "no CUDA device 2", "shows 2", "CUDA_VISIBLE_DEVICES");
        missing(with(two), -1, "no CUDA device -1");
        missing(with(two, "libcudart.so.12", "libcurand.so.10"), 0, "(libcudart.so.12, libcurand.so.10)", "install");
        assertThat(with(two).device(1)).isEqualTo(new Availability.Present());
    }

    @Test
    void asksTheDriver() {
        try (FakeCuda cuda = new FakeCuda()) {
            assertThat(CudaDriver.ask(Optional.of(cuda))).isEqualTo(new CudaDriver.Started(2, 12040));
            assertThat(cuda.calls()).containsExactly("init 0", "version ", "count ");
        }
    }

    /** As where a container was given none, or MIG is on and nothing of it was made: {@code CUDA_ERROR_NO_DEVICE}. */
    @ParameterizedTest
    @ValueSource(strings = {"init", "version", "count"})
    void saysWhatADriverSaysThatDoesNotStart(String function) {
        try (FakeCuda cuda = new FakeCuda()) {
            cuda.fail(function, 100);
            missing(
                    with(CudaDriver.ask(Optional.of(cuda))),
                    0,
                    "driver does not start: made up 100 (error 100)",
                    "CUDA_VISIBLE_DEVICES");
        }
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
