package dev.foretoken.bench.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
class GraphCommandTest {

    private final StringWriter out = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        return new CommandLine(new GraphCommand()).setOut(new PrintWriter(out)).execute(arguments);
    }

    @Test
    void comparesTheInterfacesWithABareLoop() throws IOException {
        Path json = folder.resolve("r.json");
        assertThat(run("--width=16", "--layers=2", "--rounds=2", "--seconds=0.01", "--size=batch=3", "--json=" + json))
                .isZero();
        assertThat(out.toString())
                .contains("bare OrtSession.run", "Java interface", "C interface", "platform", "platform, 2 callers");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.graph/1");
        assertThat(report.path("loops")).hasSize(5);
        assertThat(report.at("/loops/0/of_bare/median").asDouble()).isEqualTo(1);
        for (JsonNode loop : report.path("loops")) {
            assertThat(loop.at("/runs_per_second/runs").asInt()).isEqualTo(2);
            assertThat(loop.at("/latency/count").asLong()).isPositive();
        }
    }

    @Test
    void runsAGraphOfAFile() throws IOException {
        Path file = new ProductChain(8, 3).write(folder.resolve("chain.onnx"));
        assertThat(run("--model=" + file, "--rounds=1", "--seconds=0.01")).isZero();
        assertThat(out.toString()).contains("C interface");
    }

    /** Measures there, or says what is missing. */
    @Test
    void takesTheGpuThatIsNamed() {
        StringWriter error = new StringWriter();
        int status = new CommandLine(new GraphCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(error))
                .execute("--width=8", "--layers=1", "--rounds=1", "--seconds=0.01", "--gpu=0");
        if (status == 0) {
            assertThat(out.toString())
                    .contains("bare OrtSession.run", "C interface")
                    .doesNotContain("Java interface");
        } else {
            assertThat(error.toString()).contains("Device CUDA 0 cannot be used: ");
        }
    }
}
