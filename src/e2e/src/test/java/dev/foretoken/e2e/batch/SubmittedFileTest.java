package dev.foretoken.e2e.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A file of requests that {@code foretoken batch submit} sends to a server: the answers are those of HTTP. By default a short one, which nothing
 * disturbs: a server that is started again would cost every build seconds, and workers are killed in {@code KillTest}. With the profile {@code soak}
 * the server is killed three times during a long one. More could cost a request its answer, which is then said to end its servers.
 */
@Timeout(3600)
class SubmittedFileTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int REQUESTS = SOAK ? 2000 : 8;
    private static final int KILLS = SOAK ? 3 : 0;
    /** Refused by the model. */
    private static final int WRONG = 7;

    @TempDir
    Path folder;

    private final TestTopics topics = new TestTopics();
    private ServerProcess server;
    private HttpApi api;
    private Path requests;

    private void start(String... more) {
        List<String> serve = new ArrayList<>(List.of("serve", "--port", "0", "--grpc-port", "0"));
        serve.addAll(List.of("--model", Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA)));
        serve.addAll(topics.serve());
        serve.addAll(List.of(more));
        server = ServerProcess.launch(serve, Map.of());
        api = new HttpApi(server.awaitReady().http().orElseThrow());
    }

    @BeforeEach
    void write() throws IOException {
        requests = folder.resolve("requests.jsonl");
        Files.write(
                requests,
                IntStream.range(0, REQUESTS).mapToObj(SubmittedFileTest::line).toList());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void eachRequestIsAnsweredOnceAsOverHttp() throws IOException {
        answerAll();
        assertThat(topics.answers())
                .hasSize(REQUESTS)
                .allSatisfy((id, times) -> assertThat(times).isOne());
    }

    /** At least once: a request whose server was killed before it acknowledged has another answer, which the file does not. */
    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void aShareGroupAnswersAllOfThem() throws IOException {
        answerAll("--batch-share");
        assertThat(topics.answers()).hasSize(REQUESTS);
    }

    private void answerAll(String... more) throws IOException {
        start(more);
        topics.await();
        try (ServerProcess command = ServerProcess.launch(topics.submit(requests), Map.of())) {
            for (int kill = 0; kill < KILLS; kill++) {
                long some = (long) kill * REQUESTS / (KILLS + 1);
                Eventually.within(
                        TestTopics.PATIENCE, "more than " + some + " are answered", () -> written(command) > some);
                server.kill();
                start(more);
            }
            Eventually.within(TestTopics.PATIENCE, "the command has all answers", () -> !command.isAlive());
            assertThat(command.awaitExit()).as("%s: %s", command, command.err()).isZero();
            assertThat(String.join("\n", command.err())).contains("wrote " + REQUESTS + " answers", "; 1 of them are");
        }
        assertAsOverHttp(answers());
    }

    /** Answers that the command has written so far. */
    private long written(ServerProcess command) {
        try {
            return command.isAlive() ? Files.readAllLines(part()).size() : REQUESTS;
        } catch (IOException e) {
            return 0; // not there yet, or no more
        }
    }

    private Path part() {
        return folder.resolve("requests.answers.jsonl.part");
    }

    /** By custom id; fails where one is there twice. */
    private Map<String, JsonNode> answers() throws IOException {
        Map<String, JsonNode> found = new TreeMap<>();
        for (String line : Files.readAllLines(folder.resolve("requests.answers.jsonl"))) {
            JsonNode answer = JSON.readTree(line);
            assertThat(found.put(answer.path("custom_id").asText(), answer)).isNull();
        }
        return found;
    }

    /** What the server says to the same requests over HTTP, but for ids and times. */
    private void assertAsOverHttp(Map<String, JsonNode> answers) {
        assertThat(answers).hasSize(REQUESTS);
        for (int i = 0; i < REQUESTS; i++) {
            Reply asked = api.post(url(i), body(i));
            JsonNode answer = Objects.requireNonNull(answers.get("c" + i)).path("response");
            assertThat(answer.path("status_code").asInt())
                    .isEqualTo(asked.status())
                    .isEqualTo(i == WRONG ? 400 : 200);
            assertThat(lasting(answer.path("body"))).isEqualTo(lasting(asked.body()));
        }
    }

    private static List<JsonNode> lasting(JsonNode body) {
        return List.of(
                body.path("choices"),
                body.at("/usage/completion_tokens"),
                body.at("/error/code"),
                body.at("/error/message"));
    }

    private static String line(int i) {
        try {
            return JSON.writeValueAsString(
                    Map.of("custom_id", "c" + i, "method", "POST", "url", url(i), "body", body(i)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String url(int i) {
        return i % 2 == 0 ? HttpApi.COMPLETIONS : HttpApi.CHAT;
    }

    private static Map<String, Object> body(int i) {
        String text = "The number of this one is " + i;
        Map<String, Object> body = new HashMap<>(Map.of("model", Models.LLAMA, "seed", i, "temperature", 0.9));
        body.put("max_tokens", i == WRONG ? -1 : 32);
        if (url(i).equals(HttpApi.CHAT)) {
            body.put("messages", List.of(Map.of("role", "user", "content", text)));
        } else {
            body.put("prompt", text);
        }
        return body;
    }
}
