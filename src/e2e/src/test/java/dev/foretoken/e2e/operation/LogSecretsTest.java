package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.e2e.server.Topology;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What processes write to their standard streams tells neither what lets callers in nor what they ask and get, whatever becomes of their requests.
 * No option makes a process write more than it does by itself; a collector of traces that does not answer makes it complain.
 */
class LogSecretsTest {

    private static final String KEY = "kestrel-key-of-callers-0123456789";
    private static final String WRONG_KEY = "kestrel-key-of-nobody-0123456789";
    private static final String ADMIN_KEY = "kestrel-key-of-operators-0123456789";
    private static final String POD_CREDENTIAL = "kestrel-credential-of-pods-0123456789";
    private static final String PROMPT = "the quetzal hides its marzipan";
    private static final int SHOWN = 12;

    @TempDir
    Path folder;

    private final List<String> answers = new ArrayList<>();

    private String file(String name, String line) throws IOException {
        return Files.writeString(folder.resolve(name), line + "\n").toString();
    }

    private Deployment start(Topology topology) throws IOException {
        String pods = file("pods", POD_CREDENTIAL);
        ServeArguments arguments = ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .edge("--api-key-file", file("callers", KEY))
                .edge("--admin-port", "0", "--admin-key-file", file("operators", ADMIN_KEY))
                .edge("--pod-credential-file", pods, "--otlp-endpoint", "http://127.0.0.1:1");
        return topology.start(
                topology == Topology.ONE_PROCESS
                        ? arguments
                        : arguments.engine("--pod-credential-file", pods, "--otlp-endpoint", "http://127.0.0.1:1"));
    }

    private static Map<String, Object> question(String prompt) {
        return Map.of("model", Models.LLAMA, "prompt", prompt, "max_tokens", 48, "temperature", 0, "ignore_eos", true);
    }

    private static Map<String, Object> chat(String prompt, boolean streamed) {
        return Map.of(
                "model",
                Models.LLAMA,
                "messages",
                List.of(Map.of("role", "user", "content", prompt)),
                "max_tokens",
                48,
                "temperature",
                0,
                "ignore_eos",
                true,
                "stream",
                streamed);
    }

    private void ask(HttpApi api) {
        answers.add(api.post(HttpApi.COMPLETIONS, question(PROMPT))
                .choice()
                .path("text")
                .asText());
        answers.add(api.post(HttpApi.CHAT, chat(PROMPT, false))
                .choice()
                .path("message")
                .path("content")
                .asText());
        try (EventStream stream = api.stream(HttpApi.CHAT, chat(PROMPT, true))) {
            assertThat(stream.rest()).isNotEmpty();
        }
    }

    private static void askInVain(Deployment server) {
        HttpApi stranger = new HttpApi(server.http(), Optional.of(WRONG_KEY));
        assertThat(stranger.post(HttpApi.COMPLETIONS, question(PROMPT)).status())
                .isEqualTo(401);
        HttpApi api = new HttpApi(server.http(), Optional.of(KEY));
        for (String body : List.of(
                "{\"model\":\"" + Models.LLAMA + "\",\"prompt\":\"" + PROMPT,
                "{\"prompt\":" + PROMPT + "}",
                "\"" + PROMPT + "\"",
                "{\"model\":\"" + Models.LLAMA + "\",\"prompt\":\"x\",\"temperature\":\"" + PROMPT + "\"}")) {
            assertThat(api.send("POST", HttpApi.COMPLETIONS, HttpRequest.BodyPublishers.ofString(body))
                            .status())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(api.post(HttpApi.COMPLETIONS, question(PROMPT.repeat(Models.CONTEXT)))
                        .status())
                .as("longer than the model takes")
                .isEqualTo(400);
        assertThat(api.post(HttpApi.COMPLETIONS, question(PROMPT.repeat(400_000)))
                        .status())
                .as("longer than a body may be")
                .isEqualTo(413);
    }

    private static List<ServerProcess> processes(Deployment server) {
        return Stream.of(server.edge(), server.engine()).distinct().toList();
    }

    /** Whoever asked and has no answer yet is told that its pod is gone. */
    private static void loseThePod(Deployment server) {
        if (server.engine() != server.edge()) {
            server.engine().kill();
            assertThat(new HttpApi(server.http(), Optional.of(KEY))
                            .post(HttpApi.COMPLETIONS, question(PROMPT))
                            .status())
                    .isGreaterThanOrEqualTo(500);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenHoldsNoKeyPromptOrAnswer(Topology topology) throws IOException {
        try (Deployment server = start(topology)) {
            ask(new HttpApi(server.http(), Optional.of(KEY)));
            askInVain(server);
            loseThePod(server);
            for (ServerProcess process : processes(server)) {
                process.terminate();
                process.awaitExit();
                assertThat(process.out()).as("what it says when it is ready").isNotEmpty();
                check(String.join("\n", process.out()) + "\n" + String.join("\n", process.err()));
            }
        }
    }

    private void check(String written) {
        assertThat(written).doesNotContain(KEY, WRONG_KEY, ADMIN_KEY, POD_CREDENTIAL, PROMPT);
        assertThat(answers).hasSize(2).allSatisfy(answer -> {
            assertThat(answer.strip()).hasSizeGreaterThanOrEqualTo(SHOWN);
            assertThat(written).doesNotContain(answer.strip().substring(0, SHOWN));
        });
    }
}
