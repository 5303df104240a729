package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @Test
    void readsTheModelNameFromCpuinfo(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("cpuinfo");
        Files.writeString(file, "processor\t: 0\nmodel name\t: Some CPU @ 3 GHz\n");
        assertThat(Machine.cpuModel(file)).isEqualTo("Some CPU @ 3 GHz");
    }

    @Test
    void aMachineWithoutCpuinfoHasAnUnknownModel(@TempDir Path folder) {
        assertThat(Machine.cpuModel(folder.resolve("none"))).isEqualTo("unknown");
    }

    @Test
    void thisMachineHasCoresAndMemory() {
        Machine machine = Machine.describe();
        assertThat(machine.cores()).isPositive();
        assertThat(machine.memoryBytes()).isGreaterThan(1 << 28);
        assertThat(machine.jdk()).contains("25");
    }
}
