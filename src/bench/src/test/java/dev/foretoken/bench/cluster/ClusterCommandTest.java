package dev.foretoken.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.bench.costs.Measured;
import dev.foretoken.bench.costs.StepPrice;
import dev.foretoken.bench.report.JsonFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterCommandTest {
    private static final StepPrice CHEAP = new StepPrice(1e6, 2000, 3000, 0.5);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new ClusterCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private JsonNode simulated(Path folder, String... more) throws IOException {
        Path json = folder.resolve("r.json");
        String[] arguments = Arrays.copyOf(more, more.length + 3);
        arguments[more.length] = "--rate=2";
        arguments[more.length + 1] = "--seconds=30";
        arguments[more.length + 2] = "--json=" + json;
        assertThat(run(arguments)).as(err.toString()).isZero();
        return new ObjectMapper().readTree(json.toFile());
    }

    @Test
    void podsCostWhatWasMeasured(@TempDir Path folder) throws IOException {
        Path costs = folder.resolve("costs.json");
        JsonFile.write(costs, Measured.report("foretoken.bench.costs/1", CHEAP));
        JsonNode measured = simulated(folder, "--costs=" + costs);
        assertThat(measured.at("/costs/of").asText()).isEqualTo("measured: costs.json, random:small");
        assertThat(measured.at("/costs/step_nanos").asDouble()).isEqualTo(1e6);
        assertThat(out.toString()).contains("a step 1,000,000").contains("(measured: costs.json, random:small)");
        JsonNode usual = simulated(folder);
        assertThat(usual.at("/costs/of").asText()).isEqualTo("scenario CHAT");
        assertThat(measured.at("/readings/0/outcome/ttft/p50").asDouble())
                .isLessThan(usual.at("/readings/0/outcome/ttft/p50").asDouble() / 4);
    }

    @Test
    void timesThatNoSimulationEndsOrCountsAreRefused() {
        assertThat(run("--threads=3")).isEqualTo(2);
        assertThat(err.toString()).contains("--threads 3; expected 1 or 2");
        assertThat(run("--rate=Infinity", "--seconds=1")).isNotZero();
        assertThat(run("--rate=1", "--seconds=1e9")).isNotZero();
        assertThat(run("--rate=1", "--seconds=1", "--fail-every=1", "--down=1e10"))
                .isNotZero();
        assertThat(err.toString()).contains("expected 0 to 1.0E8 s");
        assertThatThrownBy(() -> new StepPrice(1e19, 0, 0, 0)).hasMessageContaining("together at most");
    }

    @Test
    void limitsOfStepsAreMeasuredOnesAndRoomIsTheScenarios() {
        PodSpec usual = ClusterScenario.CHAT.config().pod();
        PodSpec pod = usual.withCosts(Measured.report("foretoken.bench.costs/1", CHEAP));
        assertThat(pod).isEqualTo(new PodSpec(1e6, 2000, 3000, 0.5, usual.blocks(), 8, 256, 64, usual.maxQueued()));
    }

    @Test
    void refusesFilesThatAreNone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("other.json");
        assertThat(run("--costs=" + file)).isEqualTo(2);
        assertThat(err.toString()).contains("--costs " + file + ": there is no such file");
        JsonFile.write(file, Measured.report("foretoken.bench.engine/1", CHEAP));
        assertThat(run("--costs=" + file)).isEqualTo(2);
        assertThat(err.toString()).contains("found foretoken.bench.engine/1, expected foretoken.bench.costs/1");
    }
}
