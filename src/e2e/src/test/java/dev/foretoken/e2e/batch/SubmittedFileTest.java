package dev.foretoken.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of a topic that a server answers, as it answers them over HTTP: one record of each endpoint, and a file that {@code foretoken batch submit}
 * sends. By default a short one, which nothing disturbs: a server that is started again would cost every build seconds, and workers are killed in
 * {@code KillTest}. With the profile {@code soak} a long one, while server and broker are killed in each of twenty rounds, at other moments every time
 * ({@code -Dforetoken.seed} takes those of a run that failed).
 */
@Timeout(7200)
class SubmittedFileTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int REQUESTS = SOAK ? 2000 : 8;
    /** Of a long file some are still to be answered when the last round begins. */
    private static final int TOKENS = SOAK ? 200 : 32;

    private static final int ROUNDS = SOAK ? 20 : 0;
    /** A request whose servers die more often is given up by the broker. */
    private static final int SHARED_ROUNDS = 3;
    /** Refused by the model. */
    private static final int WRONG = 7;

    private static final String SHARE = "--batch-share";

    private static final long SEED = Long.getLong("foretoken.seed", System.nanoTime());

    /** What happens to the server, and not to it alone, in a round. */
    private interface Fate {
        void strike() throws Exception;
    }

    @TempDir
    Path folder;

    private final TestTopics topics = new TestTopics();
    private final Random random = new Random(SEED);
    private TopicServer server;
    private Path requests;

    @BeforeEach
    void write() throws IOException {
        requests = folder.resolve("requests.jsonl");
        Files.write(
                requests,
                IntStream.range(0, REQUESTS).mapToObj(SubmittedFileTest::line).toList());
        topics.makeReplies();
        server = new TopicServer(folder, topics);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void eachRequestIsAnsweredOnceAsOverHttp() throws Exception {
        server.start();
        topics.await();
        answerEachEndpoint();
        if (ROUNDS > 0) {
            assertSpansHangUnderTheirCaller(); // a server that is killed sends none
        }
        answerFile(ROUNDS, () -> server.restartWithBroker(random));
        assertThat(topics.answers())
                .hasSize(REQUESTS)
                .allSatisfy((id, times) -> assertThat(times).isOne());
        assertSpansHangUnderTheirCaller();
    }

    /** At least once: a request whose server was killed before it acknowledged has another answer, which the file does not. */
    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void aShareGroupAnswersAllOfThem() throws Exception {
        server.start(SHARE);
        topics.await();
        answerFile(SHARED_ROUNDS, () -> server.restart(SHARE));
        assertThat(topics.answers()).hasSize(REQUESTS);
    }

    private void answerEachEndpoint() {
        List<EndpointRecord> asked = EndpointRecord.all();
        topics.send(asked.stream().map(one -> one.record(topics)).toList());
        Map<String, ConsumerRecord<byte[], byte[]>> replies = new TreeMap<>();
        TestTopics.committed(topics.replies(), asked.size())
                .forEach(reply -> assertThat(replies.put(new String(reply.key(), UTF_8), reply))
                        .isNull());
        Eventually.get(
                "the tenant's two texts are counted, again where they were computed again",
                () -> server.metrics().values("foretoken_tenant_answers_total"),
                counts -> counts.keySet().equals(Set.of("{tenant=\"" + TopicServer.TENANT + "\",}"))
                        && counts.values().stream().allMatch(count -> count >= 2));
        asked.forEach(one -> assertAnswers(one, Objects.requireNonNull(replies.get(one.id()), one.id())));
    }

    private void assertAnswers(EndpointRecord asked, ConsumerRecord<byte[], byte[]> reply) {
        JsonNode response = parsed(new String(reply.value(), UTF_8)).path("response");
        assertThat(response.path("status_code").asInt())
                .as("%s: %s", asked.id(), response)
                .isEqualTo(asked.status());
        assertThat(header(reply, "foretoken-status")).hasValue(Integer.toString(asked.status()));
        assertThat(header(reply, EndpointRecord.TRACEPARENT))
                .isEqualTo(Optional.ofNullable(asked.headers().get(EndpointRecord.TRACEPARENT)));
        if (asked.status() == 200) {
            Reply overHttp = asked.overHttp(server.api());
            assertThat(EndpointRecord.lasting(response.path("body")))
                    .as(asked.id())
                    .isEqualTo(EndpointRecord.lasting(overHttp.ok()));
        } else {
            String code = asked.status() == 504 ? "deadline_exceeded" : "permission_denied";
            assertThat(response.at("/body/error/code").asText()).isEqualTo(code);
            assertThat(header(reply, "foretoken-error")).hasValue(code);
        }
    }

    private static Optional<String> header(ConsumerRecord<byte[], byte[]> record, String name) {
        return Optional.ofNullable(record.headers().lastHeader(name)).map(header -> new String(header.value(), UTF_8));
    }

    /** Others said nothing of a trace, and have none here. A request that is computed again has another span. */
    private void assertSpansHangUnderTheirCaller() {
        List<SpanCollector.Span> spans = Eventually.get(
                "spans of the chat are sent",
                server::spans,
                found -> found.stream().anyMatch(span -> span.parent().equals(EndpointRecord.SPAN)));
        assertThat(spans).allSatisfy(span -> assertThat(span.trace()).isEqualTo(EndpointRecord.TRACE));
        assertThat(spans.stream().filter(span -> span.parent().equals(EndpointRecord.SPAN)))
                .isNotEmpty()
                .allSatisfy(span -> assertThat(span.name()).isEqualTo("generate_content " + Models.LLAMA));
    }

    private void answerFile(int rounds, Fate fate) throws Exception {
        List<String> submit = topics.submit(requests);
        submit.addAll(List.of("--tenant", TopicServer.TENANT));
        try (ServerProcess command = ServerProcess.launch(submit, Map.of())) {
            for (int round = 0; round < rounds; round++) {
                int share = REQUESTS / rounds;
                int some = round * share + random.nextInt(share / 2);
                Eventually.within(
                        TestTopics.PATIENCE, "more than " + some + " are answered", () -> written(command) > some);
                fate.strike();
            }
            Eventually.within(TestTopics.PATIENCE, "the command has all answers", () -> !command.isAlive());
            assertThat(command.awaitExit()).as("%s: %s", command, command.err()).isZero();
            assertThat(String.join("\n", command.err()))
                    .contains("wrote " + REQUESTS + " answers", "; 1 of them is an error");
        } catch (AssertionError | Exception e) {
            throw new AssertionError("with -Dforetoken.seed=" + SEED + ": " + e.getMessage(), e);
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
            JsonNode answer = parsed(line);
            assertThat(found.put(answer.path("custom_id").asText(), answer)).isNull();
        }
        return found;
    }

    /** What the server says to the same requests over HTTP, but for ids and times. */
    private void assertAsOverHttp(Map<String, JsonNode> answers) {
        assertThat(answers).hasSize(REQUESTS);
        IntStream.range(0, REQUESTS).parallel().forEach(i -> {
            Reply asked = server.api().post(url(i), body(i));
            JsonNode answer = Objects.requireNonNull(answers.get("c" + i)).path("response");
            assertThat(answer.path("status_code").asInt())
                    .isEqualTo(asked.status())
                    .isEqualTo(i == WRONG ? 400 : 200);
            assertThat(EndpointRecord.lasting(answer.path("body"))).isEqualTo(EndpointRecord.lasting(asked.body()));
        });
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        body.put("max_tokens", i == WRONG ? -1 : TOKENS);
        body.put("ignore_eos", SOAK);
        if (url(i).equals(HttpApi.CHAT)) {
            body.put("messages", List.of(Map.of("role", "user", "content", text)));
        } else {
            body.put("prompt", text);
        }
        return body;
    }
}
