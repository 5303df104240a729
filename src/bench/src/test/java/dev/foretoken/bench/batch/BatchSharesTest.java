package dev.foretoken.bench.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The two measurements of an engine's share; they themselves run in the long tests alone. */
class BatchSharesTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void theTopicsTokensAreComparedWithTheEngines(@TempDir Path folder) throws Exception {
        JsonNode report = report(
                folder,
                "engine",
                "--model=random:tiny",
                "--prompt=16",
                "--generate=8",
                "--concurrency=4",
                "--waves=2",
                "--repeat=2");
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.batch-engine/1");
        assertThat(report.at("/share/runs").asInt()).isEqualTo(2);
        assertThat(report.at("/topic_tokens_per_second/min").asDouble()).isPositive();
        assertThat(out.toString()).contains("2 rounds of 8 requests", "batches get");
    }

    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void callersAreMeasuredAloneAndBesideATopic(@TempDir Path folder) throws Exception {
        JsonNode report = report(
                folder,
                "mixed",
                "--model=random:tiny",
                "--prompt=16",
                "--generate=8",
                "--callers-prompt=16",
                "--callers-generate=8",
                "--concurrency=4",
                "--duration=2",
                "--repeat=1");
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.batch-mixed/1");
        assertThat(report.at("/with/ttft_seconds/count").asLong()).isPositive();
        assertThat(report.at("/without/itl_seconds/count").asLong()).isPositive();
        assertThat(report.at("/batch_tokens_per_second/median").asDouble()).isPositive();
        assertThat(out.toString()).contains("batches get");
    }

    @Test
    void numbersThatMeanNothingAreRefused() {
        assertThat(run("engine", "--model=random:tiny", "--waves=0")).isEqualTo(2);
        assertThat(run("mixed", "--model=random:tiny", "--share=1")).isEqualTo(2);
        assertThat(run("mixed", "--model=random:tiny", "--callers-generate=1")).isEqualTo(2);
        assertThat(err.toString()).contains("at least 1", "between 0 and 1");
    }

    @Test
    void aRequestOfATopicHasThePromptOfItsNumber() throws Exception {
        TextShape shape = new TextShape(3, 5);
        JsonNode line = JSON.readTree(shape.line(7, 2, 800));
        assertThat(line.path("custom_id").asText()).isEqualTo("request-2");
        assertThat(line.at("/body/max_tokens").asInt()).isEqualTo(5);
        int[] prompt = JSON.convertValue(line.at("/body/prompt"), int[].class);
        assertThat(prompt).hasSize(3).isEqualTo(shape.prompt(7, 2, 800)).isNotEqualTo(shape.prompt(7, 3, 800));
        for (int token : prompt) {
            assertThat(token).isBetween(100, 700);
        }
    }

    @Test
    void answersOfAnotherLengthEndTheMeasurement() {
        AnswerTokens tokens = new AnswerTokens(5);
        tokens.accept(answer("{\"response\":{\"body\":{\"usage\":{\"completion_tokens\":5}}}}"));
        assertThat(tokens.tokens()).isEqualTo(5);
        assertThatThrownBy(() -> tokens.accept(answer("{\"response\":{\"body\":{\"error\":{}}}}")))
                .hasMessageContaining("not one of 5 tokens");
    }

    private static ConsumerRecord<byte[], byte[]> answer(String value) {
        return new ConsumerRecord<>("answers", 0, 0, new byte[0], value.getBytes(StandardCharsets.UTF_8));
    }

    /** What a measurement that succeeds writes. */
    private JsonNode report(Path folder, String... arguments) throws IOException {
        Path json = folder.resolve("report.json");
        Path jars = Path.of(System.getProperty("foretoken.root"), "serving-api/batch/target/kafka-broker");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--broker-jars=" + jars, "--json=" + json));
        int status = run(all.toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        return JSON.readTree(json.toFile());
    }

    private int run(String... arguments) {
        return new CommandLine(new BatchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }
}
