package dev.foretoken.bench.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.registry.measure.EvalSet;
import dev.foretoken.registry.measure.Question;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Against a server that answers "Ada lives in Oslo." to everything and gives each word of a text -0.5. */
@Timeout(300)
class EvalTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/models", exchange -> answer(exchange, "{\"data\":[{\"id\":\"demo\"}]}"));
        server.createContext("/v1/completions", this::complete);
        server.start();
        gzip(
                "questions.jsonl.gz",
                List.of(
                        question("Ada lives in Oslo.", 1, 90, "seen-names"),
                        question("Ada lives in Rome.", 2, 95, "seen-names"),
                        question("Ada lives in Oslo.", 2, 480, "held-out-names")));
        gzip(
                "texts.jsonl.gz",
                List.of(
                        "{\"text\": \"one two three\", \"kind\": \"story\", \"nats\": 0.5}",
                        "{\"text\": \"one two three four five\", \"kind\": \"sums\", \"nats\": 1.0}"));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void countsExactMatchesAndLossByGroup() throws IOException {
        Path json = folder.resolve("result.json");
        assertThat(run("--json=" + json)).as(err.toString()).isZero();
        JsonNode report = JSON.readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.eval/1");
        assertThat(report.at("/exact_match/all/matches").asInt()).isEqualTo(2);
        assertThat(report.at("/exact_match/by_hops/2/share").asDouble()).isEqualTo(0.5);
        assertThat(report.at("/by_length/0000-0150/all/questions").asInt()).isEqualTo(2);
        assertThat(report.at("/by_length/0401-0600/all/matches").asInt()).isEqualTo(1);
        assertThat(report.at("/by_kind/held-out-names/all/low").asDouble()).isCloseTo(0.2065, within(1e-3));
        assertThat(report.at("/loss/tokens").asInt()).isEqualTo(6);
        assertThat(report.at("/loss/nats_per_token").asDouble()).isEqualTo(0.5);
        assertThat(report.at("/loss/entropy_per_token").asDouble()).isCloseTo(0.25, within(1e-12));
        assertThat(report.at("/loss_by_kind/sums/entropy_per_token").asDouble()).isCloseTo(0.25, within(1e-12));
        assertThat(out.toString()).contains("66.7 %", "passage 0401-0600 tokens", "0.5000");
    }

    @Test
    void theCommittedSetIsReadable() throws IOException {
        EvalSet set = EvalSet.read(Path.of("../models/demo/eval"));
        assertThat(set.questions()).hasSizeGreaterThanOrEqualTo(3000);
        assertThat(set.questions()).allSatisfy(question -> {
            assertThat(question.prompt()).endsWith("\nAnswer:");
            assertThat(question.hops()).isBetween(1, 2);
            assertThat(question.answer())
                    .isNotBlank()
                    .isEqualTo(question.answer().strip());
        });
        assertThat(set.texts())
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text.nats()).isPositive());
    }

    @Test
    void failedRequestsAreNotMissesAndMakeTheExitStatusOne() throws IOException {
        gzip("questions.jsonl.gz", List.of(question("crash", 1, 90, "k"), question("Ada lives in Oslo.", 1, 90, "k")));
        assertThat(run()).isEqualTo(1);
        assertThat(out.toString()).contains("1 requests FAILED", "answered 500").contains("100.0 %");
    }

    @Test
    void aMissingSetIsOneSentence() {
        assertThat(new CommandLine(new Eval())
                        .setErr(new PrintWriter(err))
                        .setExecutionExceptionHandler((failure, command, parsed) -> {
                            err.write(failure.getMessage());
                            return 1;
                        })
                        .execute("--set=" + folder.resolve("none")))
                .isEqualTo(1);
        assertThat(err.toString()).contains("no evaluation set").contains("--set");
    }

    @Test
    void aLimitKeepsItemsFromAllOverTheSet() {
        List<Question> many = java.util.stream.IntStream.range(0, 1000)
                .mapToObj(i -> new Question("p", "a", 1, i, "k"))
                .toList();
        assertThat(new EvalSet(many, List.of()).limitedTo(4).questions())
                .extracting(Question::passageTokens)
                .containsExactly(0, 250, 500, 750);
    }

    @Test
    void bucketsEndAtTheLengthsOfTheSet() {
        assertThat(LengthBucket.of(150)).isEqualTo("0000-0150");
        assertThat(LengthBucket.of(151)).isEqualTo("0151-0250");
        assertThat(LengthBucket.of(1500)).isEqualTo("1151-1500");
        assertThat(LengthBucket.of(1501)).isEqualTo("1501-");
    }

    private int run(String... more) {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "http://127.0.0.1:" + server.getAddress().getPort();
        arguments[1] = "--set=" + folder;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return new CommandLine(new Eval())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private void complete(HttpExchange exchange) throws IOException {
        JsonNode body = JSON.readTree(exchange.getRequestBody());
        String prompt = body.path("prompt").asText();
        if (prompt.contains("crash")) {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        } else if (body.path("echo").asBoolean()) {
            int words = prompt.split(" ").length;
            String logprobs = "null" + ",-0.5".repeat(words - 1);
            answer(exchange, "{\"choices\":[{\"logprobs\":{\"token_logprobs\":[" + logprobs + "]}}]}");
        } else {
            answer(exchange, "{\"choices\":[{\"text\":\" Ada lives in Oslo.\",\"finish_reason\":\"stop\"}]}");
        }
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String question(String answer, int hops, int tokens, String kind) {
        return "{\"prompt\": \"%s?\", \"answer\": \"%s\", \"hops\": %d, \"passage_tokens\": %d, \"kind\": \"%s\"}"
                .formatted(answer, answer, hops, tokens, kind);
    }

    private void gzip(String name, List<String> lines) throws IOException {
        try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            file.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
