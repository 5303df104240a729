package dev.foretoken.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResidentMemoryTest {

    @Test
    void readsWhatLinuxSays(@TempDir Path folder) throws Exception {
        Path status = folder.resolve("status");
        Files.writeString(status, "Name:\tjava\nVmHWM:\t  3000 kB\nVmRSS:\t  2000 kB\nThreads:\t5\n");
        assertThat(ResidentMemory.read(status)).contains(new ResidentMemory(2000 << 10, 3000 << 10));
        Files.writeString(status, "Name:\tjava\n");
        assertThat(ResidentMemory.read(status)).isEmpty();
        assertThat(ResidentMemory.read(folder.resolve("none"))).isEmpty();
    }
}
