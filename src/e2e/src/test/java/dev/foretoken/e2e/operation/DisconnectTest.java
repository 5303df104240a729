package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Client gone = sequence gone. */
@InEveryTopology
class DisconnectTest {

    private static final int TOKENS = Models.LONG_CONTEXT - 100;

    private final Deployment server;
    private final LongAnswer answers;

    DisconnectTest(Deployment server) {
        this.server = server;
        this.answers = new LongAnswer(server.http(), TOKENS);
    }

    @Test
    void leavingManyStreamsFreesEverySequence() {
        List<EventStream> streams = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            streams.add(answers.begin());
        }
        server.awaitRunning(8);
        streams.forEach(EventStream::close);
        server.awaitIdle();
    }

    @Test
    void leavingBeforeAnAnswerInOnePieceFreesItsSequence() throws Exception {
        byte[] body = new ObjectMapper().writeValueAsBytes(answers.body(false));
        HttpRequest request = HttpRequest.newBuilder(server.http().resolve(HttpApi.COMPLETIONS))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
            server.awaitRunning(1);
            assertThat(answer.isDone()).isFalse();
            answer.cancel(true);
            server.awaitIdle();
        }
    }
}
