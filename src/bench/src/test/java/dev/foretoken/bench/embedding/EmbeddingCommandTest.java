package dev.foretoken.bench.embedding;

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
class EmbeddingCommandTest {

    private final StringWriter out = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        PrintWriter writer = new PrintWriter(out);
        return new CommandLine(new EmbeddingCommand())
                .setOut(writer)
                .setErr(writer)
                .execute(arguments);
    }

    @Test
    void comparesThePlatformWithALoopOverAnotherLibrary() throws IOException {
        Path json = folder.resolve("r.json");
        assertThat(run("--sentences=12", "--threads=1", "--rounds=2", "--seconds=0.001", "--json=" + json))
                .isZero();
        assertThat(out.toString()).contains(Rivals.LOOP, Rivals.MIXED, "mixed over full");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.embeddings/1");
        assertThat(report.path("provenance").path("started_at").asText()).isNotEmpty();
        assertThat(report.path("largest_difference").asDouble()).isBetween(0.0, 1e-4);
        assertThat(report.path("mixed_of_full").asDouble()).isPositive();
        assertThat(report.path("ways")).hasSize(4);
        assertThat(report.at("/ways/0/of_loop/median").asDouble()).isEqualTo(1);
        assertThat(report.at("/ways/3/fill").asDouble()).isEqualTo(1);
        for (JsonNode way : report.path("ways")) {
            assertThat(way.at("/sentences_per_second/median").asDouble()).isPositive();
        }
    }

    @Test
    void refusesWhatTheModelDoesNotTake() {
        assertThat(run("--longest=513")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(out.toString()).contains("--longest from 3 to 512");
    }
}
