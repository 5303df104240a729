package dev.foretoken.gateway.picker;

import static dev.foretoken.gateway.picker.PickerEdge.CHAT;
import static dev.foretoken.gateway.picker.PickerEdge.QUESTION;
import static dev.foretoken.gateway.picker.PickerEdge.chosen;
import static dev.foretoken.gateway.picker.PickerEdge.destination;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.routing.RoutingConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that wait for an endpoint. */
@Timeout(60)
class PickerWaitsTest {

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
        while (!page(edge).contains("foretoken_held_requests{model=\"m\",} 1.0")) {
            Thread.sleep(1);
        }
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

    @Test
    void oneWhoseCallerLeavesIsNotHeldAnyLonger() throws Exception {
        PickerEdge holding = holding();
        EnvoyStream stream = holding.stream().post(CHAT).body(QUESTION, true);
        awaitHeld(holding);
        stream.cut();
        holding.awaitNothingHeld();
    }
}
