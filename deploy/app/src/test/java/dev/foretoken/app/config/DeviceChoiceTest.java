package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CpuList;
import dev.foretoken.contract.runtime.DeviceSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceChoiceTest {

    @Test
    void namesTheCpuOrAGpuByItsNumber() {
        assertThat(DeviceChoice.parse("cpu")).isEqualTo(DeviceChoice.CPU);
        assertThat(DeviceChoice.parse("cuda")).isEqualTo(new DeviceChoice(DeviceSpec.Kind.CUDA, 0));
        assertThat(DeviceChoice.parse("cuda:3")).isEqualTo(new DeviceChoice(DeviceSpec.Kind.CUDA, 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:1234", "CPU"})
    void refusesWhatNamesNone(String text) {
        assertThatThrownBy(() -> DeviceChoice.parse(text)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(e.getMessage()).contains("device=" + text).contains("cuda:N");
        });
    }

    @Test
    void goesWithTheThreadsOfTheSettings() {
        CpuList cpus = CpuList.parse("1-2");
        assertThat(EngineSettings.DEFAULT.device()).isEqualTo(new DeviceSpec(DeviceSpec.Kind.CPU, 0, 0, CpuList.ANY));
        assertThat(DeviceChoice.parse("cuda:1").with(2, cpus))
                .isEqualTo(new DeviceSpec(DeviceSpec.Kind.CUDA, 1, 2, cpus));
    }

    @Test
    void staysWhenOtherSettingsChange() {
        EngineSettings gpu = EngineSettings.DEFAULT.on(DeviceChoice.parse("cuda:1"));
        DeviceSpec expected = new DeviceSpec(DeviceSpec.Kind.CUDA, 1, 0, CpuList.ANY);
        assertThat(gpu.device()).isEqualTo(expected);
        assertThat(gpu.scheduled(1, gpu.scheduling()).device()).isEqualTo(expected);
        assertThat(gpu.taking(gpu.turns()).device()).isEqualTo(expected);
        assertThat(gpu.adapted(gpu.runtime().adapters()).device()).isEqualTo(expected);
        assertThat(gpu.withThreads(3).device().index()).isEqualTo(1);
    }
}
