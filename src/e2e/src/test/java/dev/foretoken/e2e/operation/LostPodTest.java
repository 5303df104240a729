package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.Topology;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime process that dies takes no caller's time: its streams end with an error, and the gateway goes on when it is back. */
class LostPodTest {

    @TempDir
    Path folder;

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
            assertThat(api.get("/health/ready").status()).isEqualTo(200);
            server.awaitIdle();
        }
    }
}
