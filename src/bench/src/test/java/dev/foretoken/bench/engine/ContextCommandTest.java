package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real engine on tiny models. */
@Timeout(300)
class ContextCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void measuresAndDrawsEachModelAsFarAsItGoes(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("c.json");
        Path svg = folder.resolve("c.svg");
        String mamba = Path.of(System.getProperty("foretoken.root"), "src", "models", "conformance", "mamba-f32")
                .toString();
        assertThat(run(
                        "--model=random:tiny",
                        "--model=" + mamba,
                        "--context=16,64,600",
                        "--json=" + json,
                        "--svg=" + svg))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.context/1");
        assertThat(report.at("/models/0/readings")).hasSize(2);
        assertThat(report.at("/models/1/readings")).hasSize(3);
        JsonNode cost = report.at("/models/1/readings/2/milliseconds_per_token");
        assertThat(cost.path("median").asDouble()).isPositive();
        assertThat(cost.path("runs").asInt()).isEqualTo(2);
        assertThat(svg).content().contains("random:tiny", "mamba-f32", ">600<", "<polyline");
        assertThat(out.toString()).contains("longest over shortest");
    }

    @Test
    void refusesWhatNoModelCanTakeInASentence() {
        assertThat(run("--model=random:tiny", "--context=1000,2000")).isEqualTo(2);
        assertThat(err.toString()).contains("takes 512 tokens");
        assertThat(run("--model=random:tiny", "--context=64,16")).isEqualTo(2);
        assertThat(err.toString()).contains("numbers that rise");
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--generate=8";
        all[arguments.length + 1] = "--repeat=2";
        return new CommandLine(new ContextCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
