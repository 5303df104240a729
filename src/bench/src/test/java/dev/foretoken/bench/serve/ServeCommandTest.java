package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(300)
class ServeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsATableAndWritesTheSameAsJson(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("new/result.json");
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            int status = run(
                    server.url() + "/v1",
                    "--requests=20",
                    "--concurrency=2",
                    "--warmup=2",
                    "--vocab=100",
                    "--output=4",
                    "--slo=ttft=30s",
                    "--api-key=secret-key",
                    "--label=server=stub",
                    "--json=" + file);
            assertThat(err.toString()).isEmpty();
            assertThat(status).isZero();
        }
        assertThat(out.toString()).contains("TTFT", "TPOT", "ITL", "E2E", "output tokens/s", "goodput/s", "100.0 %");
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.path("schema").asText()).isEqualTo("foretoken.bench.serve/1");
        assertThat(json.at("/account/completed").asInt()).isEqualTo(20);
        assertThat(json.at("/provenance/labels/server").asText()).isEqualTo("stub");
        assertThat(Files.readString(file)).doesNotContain("secret-key");
    }

    /** The names are a promise to everybody who reads results: adding is fine, renaming needs a new schema number. */
    @Test
    void theJsonHasTheDocumentedMembers(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("r.json");
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            run(server.url(), "--requests=4", "--rate=200", "--json=" + file);
        }
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "schema",
                        "provenance",
                        "load",
                        "window",
                        "account",
                        "latency",
                        "steady",
                        "whole_run",
                        "tokens",
                        "client_cpu_seconds",
                        "server_cpu_seconds",
                        "server_cpu_micros_per_token");
        assertThat(json.at("/latency/ttft_seconds").fieldNames())
                .toIterable()
                .containsExactly("count", "mean", "p50", "p90", "p95", "p99", "max");
        assertThat(json.path("steady").fieldNames())
                .toIterable()
                .containsExactly(
                        "seconds",
                        "output_tokens_per_second",
                        "requests_per_second",
                        "goodput_per_second",
                        "good_share");
        assertThat(json.path("tokens").fieldNames())
                .toIterable()
                .containsExactly(
                        "prompt_server",
                        "cached_server",
                        "predicted_server",
                        "completion_server",
                        "completion_client",
                        "answers_that_differ",
                        "answers_without_usage");
        assertThat(json.at("/provenance/machine").fieldNames())
                .toIterable()
                .containsExactly("cpu", "cores", "memory_bytes", "os", "jdk");
    }

    @Test
    void aServerOnThisMachineHasItsCpuTimeReported() throws IOException {
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            long pid = ProcessHandle.current().pid();
            assertThat(run(server.url(), "--requests=4", "--server-pid=" + pid)).isZero();
        }
        assertThat(out.toString()).contains("server CPU: ", "us per output token");
        assertThat(run("http://127.0.0.1:1", "--model=m", "--server-pid=999999999"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("there is no such process");
    }

    @Test
    void chatIsLoadedToo() throws IOException {
        try (StubServer server = new StubServer(seed -> StubServer.Manner.GOOD)) {
            assertThat(run(server.url(), "--endpoint=chat", "--requests=4", "--bad-fraction=0.5"))
                    .isZero();
        }
        assertThat(out.toString()).contains("/v1/chat/completions");
    }

    @Test
    void failedRequestsMakeTheExitStatusOne() throws IOException {
        try (StubServer server = new StubServer(seed -> StubServer.Manner.BUSY)) {
            assertThat(run(server.url(), "--requests=3")).isEqualTo(1);
        }
        assertThat(out.toString()).contains("failed: http_429", "http_429: queue full");
    }

    @Test
    void wrongArgumentsAreOneSentence() {
        assertThat(run("http://127.0.0.1:1", "--model=m", "--input=lots")).isEqualTo(2);
        assertThat(err.toString()).contains("'lots' is no length");
        assertThat(run("nowhere", "--model=m")).isEqualTo(2);
        assertThat(err.toString()).contains("'nowhere' is not an HTTP address");
        assertThat(run("http://127.0.0.1:1", "--model=m", "--rate=1", "--concurrency=1"))
                .isEqualTo(2);
    }

    private int run(String... arguments) {
        return new CommandLine(new ServeCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
