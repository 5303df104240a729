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
import dev.foretoken.e2e.server.Topology;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A runtime process that dies takes no caller's time. Where another computes the same model its streams go on there as if nothing had happened;
 * else they end with an error, and the gateway goes on when it is back.
 */
class LostPodTest {

    @TempDir
    Path folder;

    @Test
    void aStreamOfAKilledPodGoesOnInAnotherTokenByToken() {
        int tokens = 4000;
        try (Replicas server = Replicas.start(Models.longAlone(folder), 2)) {
            LongAnswer answers = new LongAnswer(server.http(), tokens);
            List<Integer> streamed = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            try (EventStream stream = answers.begin(event -> add(event, streamed, text))) {
                server.busy().kill();
                stream.rest().forEach(event -> add(event, streamed, text));
                assertThat(stream.isDone()).isTrue();
            }
            assertThat(server.metrics().sum("foretoken_migrations_total")).isEqualTo(1);
            JsonNode whole = new HttpApi(server.http())
                    .post(HttpApi.COMPLETIONS, answers.body(false))
                    .ok()
                    .at("/choices/0");
            assertThat(text).hasToString(whole.path("text").asText());
            assertThat(streamed)
                    .hasSize(tokens)
                    .isEqualTo(whole.path("token_ids")
                            .valueStream()
                            .map(JsonNode::asInt)
                            .toList());
        }
    }

    private static void add(JsonNode event, List<Integer> tokens, StringBuilder text) {
        JsonNode choice = event.at("/choices/0");
        choice.path("token_ids").forEach(token -> tokens.add(token.asInt()));
        text.append(choice.path("text").asText());
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
