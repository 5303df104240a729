package dev.foretoken.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.bench.process.ResidentMemory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
class LoadCommandTest {

    private static final Path DEMO = Path.of(System.getProperty("foretoken.root"), "src", "models", "demo", "model");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void reportsTimeAndMemoryOfEachLoad(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("r.json");
        assertThat(run("--model=" + DEMO, "--weights=q8_0", "--repeat=2", "--json=" + json))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.load/1");
        assertThat(report.path("stored_bytes").asLong()).isBetween(13_000_000L, 14_000_000L);
        assertThat(report.at("/held_as/weight_bytes").asLong()).isBetween(7_000_000L, 8_000_000L);
        assertThat(report.path("runs")).hasSize(2);
        assertThat(report.at("/runs/1/seconds").asDouble()).isPositive();
        if (ResidentMemory.now().isPresent()) {
            JsonNode memory = report.at("/runs/1/memory");
            assertThat(memory.path("peak_growth").asLong())
                    .isGreaterThanOrEqualTo(memory.path("growth").asLong());
        }
        assertThat(out.toString()).contains("at most / held", "8-bit linear g32 f16");
    }

    @Test
    void aPathThatIsNotThereIsRefused() {
        assertThat(run("--model=nowhere")).isEqualTo(2);
        assertThat(err.toString()).contains("nowhere");
    }

    private int run(String... arguments) {
        return new CommandLine(new LoadCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
