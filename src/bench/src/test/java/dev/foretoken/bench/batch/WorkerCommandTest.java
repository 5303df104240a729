package dev.foretoken.bench.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class WorkerCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void everyIdOfARunIsCountedOnce(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("worker.json");
        String root = System.getProperty("foretoken.root");
        int status = run(
                "--requests=300",
                "--partitions=2",
                "--heap=128m",
                "--worker-flag=-XX:TieredStopAtLevel=1",
                "--broker-heap=256m",
                "--broker-jars=" + Path.of(root, "serving-api/batch/target/kafka-broker"),
                "--folder=" + folder.resolve("broker"),
                "--json=" + json);
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.batch-worker/2");
        assertThat(report.path("repeated").asLong()).isZero();
        assertThat(report.at("/cpu/worker_seconds").asDouble()).isPositive();
        assertThat(report.at("/cpu/broker_seconds").asDouble()).isPositive();
        assertThat(report.at("/speed/tenths/runs").asInt()).isEqualTo(10);
        assertThat(report.at("/memory/9/answered").asLong()).isEqualTo(300);
        assertThat(report.at("/memory/9/resident_bytes").asLong()).isGreaterThan(10 << 20);
        assertThat(report.at("/memory/9/ids").asLong()).isBetween(1L, 300L);
        assertThat(report.path("live_bytes").asLong()).isGreaterThan(1 << 20);
        assertThat(out.toString()).contains("300 requests of 64 characters in 2 partitions, each answered once;");
        assertThat(folder.resolve("broker")).isEmptyDirectory();
    }

    @Test
    void numbersBelowOneAreRefused() {
        assertThat(run("--requests=0")).isEqualTo(2);
        assertThat(err.toString()).contains("at least 1");
    }

    @Test
    void aBrokerWhoseJarsAreNotThereIsSaid(@TempDir Path folder) {
        assertThat(run("--broker-jars=" + folder.resolve("none"))).isEqualTo(1);
        assertThat(err.toString()).contains("the broker did not start", "none");
    }

    @Test
    void whatAWorkerSaysIsReadAgain() {
        WorkerState state = new WorkerState(7, 6, 5, 4, 3, 2);
        assertThat(WorkerState.parse(state.line())).contains(state);
        assertThat(WorkerState.parse("state 1")).isEmpty();
        assertThat(WorkerState.parse("other 7 6 5 4 3 2")).isEmpty();
    }

    @Test
    void theAnswerIsACompletionOfTheAskedLength() throws Exception {
        BatchRequest request = new BatchRequest("request-7", BatchEndpoint.COMPLETIONS, new byte[0]);
        byte[] body = new InstantExecutor(12).run(request, new BatchCancel()).body();
        JsonNode answer = new ObjectMapper().readTree(body);
        assertThat(answer.path("id").asText()).isEqualTo("cmpl-request-7");
        assertThat(answer.at("/choices/0/text").asText()).hasSize(12);
    }

    private int run(String... arguments) {
        return new CommandLine(new WorkerCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .execute(arguments);
    }
}
