package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MachineTest {
    @Test
    void thisMachineHasCoresAndMemory() {
        Machine machine = Machine.describe();
        assertThat(machine.cores()).isPositive();
        assertThat(machine.memoryBytes()).isGreaterThan(1 << 28);
        assertThat(machine.jdk()).contains("25");
    }
}
