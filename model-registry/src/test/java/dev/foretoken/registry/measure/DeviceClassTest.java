package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceClassTest {

    @TempDir
    private Path folder;

    @Test
    void takesTheFirstProcessorsName() throws IOException {
        Path file = folder.resolve("cpuinfo");
        Files.writeString(file, "processor : 0\nmodel name : Some CPU @ 3 GHz\nmodel name : Another\n");
        assertThat(DeviceClass.cpuModel(file)).isEqualTo("Some CPU @ 3 GHz");
    }

    @Test
    void saysUnknownWhereTheSystemDoesNotTell() {
        assertThat(DeviceClass.cpuModel(folder.resolve("none"))).isEqualTo("unknown");
    }

    @Test
    void countsThreads() {
        assertThat(DeviceClass.ofThisMachine(1)).endsWith(", 1 thread");
        assertThat(DeviceClass.ofThisMachine(2)).endsWith(", 2 threads");
    }
}
