package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
class GoodputCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void comparesModesAtEveryLoad(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("goodput.json");
        Path svg = folder.resolve("goodput.svg");
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            int status = run(
                    server.url(),
                    "--clients=4",
                    "--think=20ms,5ms",
                    "--duration=300ms",
                    "--warmup=0",
                    "--vocab=100",
                    "--output=2",
                    "--slo=ttft=30s",
                    "--ttft-objective=1000",
                    "--json=" + file,
                    "--svg=" + svg);
            assertThat(status).as(err.toString()).isZero();
        }
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.path("schema").asText()).isEqualTo("foretoken.bench.goodput/1");
        assertThat(json.path("loads")).hasSize(2);
        assertThat(json.at("/loads/0/modes/1/prefill_mode").asText()).isEqualTo("auto");
        assertThat(json.at("/loads/0/most_per_second").asDouble()).isEqualTo(200);
        assertThat(json.at("/loads/1/modes/0/goodput_per_second/median").asDouble())
                .isPositive();
        assertThat(json.at("/loads/1/modes/0/over_first").asDouble()).isEqualTo(1);
        assertThat(json.at("/prefill/ttft_objective_ms").asInt()).isEqualTo(1000);
        assertThat(svg).content().contains("exact", "auto", "<polyline");
        assertThat(out.toString()).contains("goodput/s", "auto");
    }

    /** Else the prefix cache of a server would help whoever comes later. */
    @Test
    void sendsTheSameLengthsInEveryModeAndNoPromptTwice() throws IOException {
        List<JsonNode> bodies;
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            int status = run(
                    server.url(),
                    "--clients=4",
                    "--think=20ms,5ms",
                    "--duration=200ms",
                    "--warmup=20ms",
                    "--repeat=2",
                    "--vocab=1000",
                    "--input=8..200",
                    "--output=2");
            assertThat(status).as(err.toString()).isZero();
            bodies = server.bodies;
        }
        assertThat(bodies).hasSizeGreaterThan(16);
        assertThat(bodies)
                .extracting(
                        body -> body.path("prompt") + body.path("cache_salt").asText())
                .doesNotHaveDuplicates();
        Map<Integer, List<JsonNode>> ofSeed = bodies.stream()
                .collect(Collectors.groupingBy(body -> body.path("seed").asInt()));
        assertThat(ofSeed.getOrDefault(1, List.of()))
                .hasSize(4)
                .extracting(GoodputCommandTest::mode)
                .contains("exact", "auto");
        ofSeed.values()
                .forEach(same -> assertThat(same)
                        .extracting(body -> body.path("prompt").size())
                        .containsOnly(same.getFirst().path("prompt").size()));
    }

    private static String mode(JsonNode body) {
        return body.path("prefill_mode").asText();
    }

    @Test
    void refusesClientsThatDoNotThink() throws IOException {
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            assertThat(run(server.url(), "--think=0s")).isEqualTo(2);
        }
        assertThat(err.toString()).contains("--think [0s]", "times above 0");
    }

    private int run(String... arguments) {
        return new CommandLine(new GoodputCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
