package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.Replicas;
import dev.foretoken.e2e.server.ServerProcess;
import dev.foretoken.e2e.server.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A runtime process that dies or leaves takes no caller's time. Where another computes the same model its streams go on there as if nothing had
 * happened; else they end with an error, and the gateway goes on when it is back.
 */
class LostPodTest {

    private static final int TOKENS = 4000;

    @TempDir
    Path folder;

    /** The first pod is killed. The second is told to stop, and hands back what it has not finished by the time it hears of it. */
    @Test
    void aStreamGoesOnInAnotherPodTokenByToken() {
        try (Replicas server = Replicas.start(Models.longAlone(folder).engine("--drain-seconds", "0"), 3)) {
            Answer killed = disturbed(server, ServerProcess::kill);
            Answer stopped = disturbed(server, ServerProcess::terminate);
            assertThat(server.metrics().sum("foretoken_migrations_total")).isBetween(1.0, 2.0);
            Answer whole = Answer.of(new HttpApi(server.http())
                    .post(HttpApi.COMPLETIONS, new LongAnswer(server.http(), TOKENS).body(false))
                    .ok());
            assertThat(whole.tokens()).hasSize(TOKENS);
            assertThat(killed).isEqualTo(whole);
            assertThat(stopped).isEqualTo(whole);
        }
    }

    /** What a stream says whose pod meets with {@code fate} in the middle of it: streams that end before their pod is found are not it. */
    private static Answer disturbed(Replicas server, Consumer<ServerProcess> fate) {
        for (int tries = 0; tries < 20; tries++) {
            List<JsonNode> events = new ArrayList<>();
            try (EventStream stream = new LongAnswer(server.http(), TOKENS).begin(events::add)) {
                Optional<ServerProcess> pod = server.busy();
                pod.ifPresent(fate);
                events.addAll(stream.rest());
                assertThat(stream.isDone())
                        .as("last event: %s", events.getLast())
                        .isTrue();
                if (pod.isPresent()) {
                    pod.get().awaitExit();
                    return Answer.of(events.toArray(JsonNode[]::new));
                }
            }
        }
        throw new AssertionError("each of 20 streams ended before the pod that computed it was found");
    }

    private record Answer(List<Integer> tokens, String text) {

        /** All that these events, or the one body, say together. */
        static Answer of(JsonNode... parts) {
            List<Integer> tokens = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (JsonNode part : parts) {
                JsonNode choice = part.at("/choices/0");
                choice.path("token_ids").forEach(token -> tokens.add(token.asInt()));
                text.append(choice.path("text").asText());
            }
            return new Answer(tokens, text.toString());
        }
    }

    @Test
    void aKilledPodFailsItsStreamsAndIsUsedAgainWhenItIsBack() {
        try (Deployment server = Topology.GATEWAY_AND_RUNTIME.start(Models.longAlone(folder))) {
            LongAnswer answers = new LongAnswer(server.http(), Models.LONG_CONTEXT - 100);
            HttpApi api = new HttpApi(server.http());
            try (EventStream stream = answers.begin()) {
                server.engine().kill();
                List<JsonNode> rest = stream.rest();
                assertThat(rest.getLast().path("error").path("code").asText())
                        .as("last event: %s", rest.getLast())
                        .isEqualTo("replica_lost");
            }
            Reply refused = answers.askShort();
            assertThat(refused.status()).as("%s", refused.body()).isEqualTo(503);
            assertThat(api.get("/health/live").status()).isEqualTo(200);
            assertThat(api.get("/health/ready").status()).isEqualTo(503);
            server.restartEngine();
            Eventually.get("the gateway answers again", answers::askShort, reply -> reply.status() == 200);
            // An answer can come before the pod's next report, which readiness goes by.
            Eventually.get("the gateway is ready", () -> api.get("/health/ready"), reply -> reply.status() == 200);
            server.awaitIdle();
        }
    }
}
