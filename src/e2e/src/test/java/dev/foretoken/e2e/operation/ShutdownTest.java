package dev.foretoken.e2e.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.Topology;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** SIGTERM: running answers go on within the grace, new requests are refused. */
class ShutdownTest {

    private static final int TOKENS = 6_000;
    /** Exit code of a process that ended by itself, and of a JVM that ran its shutdown hooks after SIGTERM. */
    private static final List<Integer> CLEAN = List.of(0, 143);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Topology.class)
    void runningStreamsFinishAndNewRequestsAreRefused(Topology topology) {
        try (Deployment server = topology.start(Models.longAlone(folder));
                EventStream stream = new LongAnswer(server.http(), TOKENS).begin()) {
            server.edge().terminate();
            Reply refused = Eventually.get(
                    "new requests are refused",
                    () -> new LongAnswer(server.http(), TOKENS).askShort(),
                    reply -> reply.status() != 200);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error().path("code").asText()).isEqualTo("draining");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertFinished(stream);
            assertThat(server.edge().awaitExit()).isIn(CLEAN);
        }
    }

    @Test
    void aPodThatIsToldToStopFinishesItsStreams() {
        try (Deployment server = Topology.GATEWAY_AND_RUNTIME.start(Models.longAlone(folder));
                EventStream stream = new LongAnswer(server.http(), TOKENS).begin()) {
            server.engine().terminate();
            Reply refused = Eventually.get(
                    "new requests are refused",
                    () -> new LongAnswer(server.http(), TOKENS).askShort(),
                    reply -> reply.status() != 200);
            assertThat(refused.status()).isEqualTo(503);
            assertFinished(stream);
            assertThat(server.engine().awaitExit()).isIn(CLEAN);
        }
    }

    @Test
    void whatIsNotDoneWithinTheGraceIsToldSo() {
        try (Deployment server =
                        Topology.ONE_PROCESS.start(Models.longAlone(folder).engine("--drain-seconds", "0"));
                EventStream stream = new LongAnswer(server.http(), Models.LONG_CONTEXT - 100).begin()) {
            server.edge().terminate();
            List<JsonNode> rest = stream.rest();
            assertThat(rest.getLast().path("error").path("code").asText())
                    .as("last event: %s", rest.getLast())
                    .isEqualTo("draining");
            assertThat(server.edge().awaitExit()).isIn(CLEAN);
        }
    }

    private static void assertFinished(EventStream stream) {
        List<JsonNode> rest = stream.rest();
        assertThat(stream.isDone()).as("the stream ended with its end mark").isTrue();
        assertThat(LongAnswer.finishReason(rest)).isEqualTo("length");
    }
}
