package dev.foretoken.gateway.picker;

import static dev.foretoken.gateway.picker.PickerEdge.CHAT;
import static dev.foretoken.gateway.picker.PickerEdge.QUESTION;
import static dev.foretoken.gateway.picker.PickerEdge.assertRefused;
import static dev.foretoken.gateway.picker.PickerEdge.chosen;
import static dev.foretoken.gateway.picker.PickerEdge.destination;
import static dev.foretoken.gateway.picker.PickerEdge.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tenant.KeyHash;
import dev.foretoken.wire.extproc.ProcessingMode.BodySendMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that wait for an endpoint, and tenants that would wait with many. */
@Timeout(300)
class PickerWaitsTest {

    private static final String KEY = "a-key-of-some-length";

    private @Nullable PickerEdge edge;

    private PickerEdge holding() throws IOException {
        RoutingConfig usual = RoutingConfig.DEFAULT;
        HoldLimits hold = new HoldLimits(Duration.ofHours(1), 4);
        PickerEdge made = new PickerEdge(PickerEdge.config(
                List.of(),
                10,
                new RoutingConfig(usual.policy(), usual.fleet(), usual.records(), hold),
                Identities.NONE));
        edge = made;
        List.of(made.first, made.second, made.third)
                .forEach(replica -> replica.engine().withState(ModelState.FAILED));
        return made;
    }

    @AfterEach
    void stop() {
        if (edge != null) {
            edge.close();
        }
    }

    private static void awaitHeld(PickerEdge edge) throws InterruptedException {
        Awaited.until("one that is held", () -> page(edge).contains("foretoken_held_requests{model=\"m\",} 1.0"));
    }

    private static String page(PickerEdge edge) {
        return new String(MetricsPage.render(edge.gateway.telemetry(), null).body(), StandardCharsets.UTF_8);
    }

    @Test
    void whereRequestsAreHeldOneWaitsForItsEndpoint() throws Exception {
        PickerEdge holding = holding();
        EnvoyStream stream = holding.stream().post(CHAT).body(QUESTION, true);
        awaitHeld(holding);
        Thread ofTheBody = Thread.ofVirtual().start(holding.alarms.getFirst());
        holding.second.engine().withState(ModelState.READY);
        assertThat(destination(chosen(stream.next()))).isEqualTo("10.0.0.2:8080");
        stream.next();
        ofTheBody.join();
        assertThat(stream.answered("200", "").next().hasResponseHeaders()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"/v1/embeddings, application/json", "/v2/models/m/infer, application/octet-stream"})
    void otherRoutesWaitForTheEndpointOfTheirModelToo(String path, String type) throws Exception {
        PickerEdge holding = holding();
        EnvoyStream stream = holding.stream()
                .head(Map.of(":method", "POST", ":path", path, "content-type", type), false)
                .body("{\"model\":\"m\"}", true);
        awaitHeld(holding);
        holding.second.engine().withState(ModelState.READY);
        assertThat(destination(chosen(stream.next()))).isEqualTo("10.0.0.2:8080");
    }

    @Test
    void noneWaitsLongerThanItsOwnTime() throws Exception {
        PickerEdge holding = holding();
        EnvoyStream stream = holding.stream()
                .head(Map.of(":method", "POST", ":path", CHAT, "x-request-timeout", "0.05"), false)
                .body(QUESTION, true);
        assertRefused(refusal(stream), 504, ErrorCode.DEADLINE_EXCEEDED);
        holding.awaitNothingHeld();
    }

    @Test
    void oneWhoseCallerLeavesIsNotHeldAnyLonger() throws Exception {
        PickerEdge holding = holding();
        EnvoyStream stream = holding.stream().post(CHAT).body(QUESTION, true);
        awaitHeld(holding);
        stream.cut();
        holding.awaitNothingHeld();
    }

    @Test
    void aTenantHasSoManyRequestsWithoutAnEndpointAsItMayHaveAtOnce(@TempDir Path folder) throws Exception {
        String hash = KeyHash.of(KEY, RandomGenerator.getDefault()).text();
        Path tenants = Files.writeString(
                folder.resolve("tenants.yaml"),
                "tenants: [{id: team, keys: ['" + hash + "'], concurrent-requests: 1}]");
        Identities identities = new Identities(Optional.of(tenants), Optional.empty(), Optional.empty());
        PickerEdge shared = new PickerEdge(PickerEdge.config(List.of(), 10, RoutingConfig.DEFAULT, identities));
        edge = shared;
        EnvoyStream half = asked(shared);
        half.next();
        assertRefused(refusal(asked(shared)), 429, ErrorCode.RATE_LIMITED);
        assertThat(shared.gateway.admission().underWay()).isEqualTo(1);
        half.body(QUESTION, true).next();
        EnvoyStream next = asked(shared);
        assertThat(next.next().hasRequestHeaders()).isTrue();
        next.cut();
        half.cut();
        shared.awaitNothingHeld();
        asked(shared).body(QUESTION, true).next();
    }

    private static EnvoyStream asked(PickerEdge edge) {
        return edge.stream()
                .mode(BodySendMode.BUFFERED)
                .head(Map.of(":method", "POST", ":path", CHAT, "authorization", "Bearer " + KEY), false);
    }
}
