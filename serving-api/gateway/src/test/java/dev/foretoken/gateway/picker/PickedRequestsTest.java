package dev.foretoken.gateway.picker;

import static dev.foretoken.gateway.picker.PickerEdge.CHAT;
import static dev.foretoken.gateway.picker.PickerEdge.QUESTION;
import static dev.foretoken.gateway.picker.PickerEdge.ROUTE;
import static dev.foretoken.gateway.picker.PickerEdge.assertRefused;
import static dev.foretoken.gateway.picker.PickerEdge.chosen;
import static dev.foretoken.gateway.picker.PickerEdge.destination;
import static dev.foretoken.gateway.picker.PickerEdge.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.health.EndpointHealth;
import dev.foretoken.routing.health.HealthConfig;
import dev.foretoken.routing.policy.WhyNot;
import dev.foretoken.wire.extproc.CommonResponse;
import dev.foretoken.wire.extproc.ImmediateResponse;
import dev.foretoken.wire.extproc.ProcessingMode.BodySendMode;
import io.grpc.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a request holds while a gateway sends it to an endpoint, and what is learnt from how that went. */
@Timeout(300)
class PickedRequestsTest {

    private PickerEdge edge;

    @BeforeEach
    void start() throws IOException {
        edge = new PickerEdge(List.of(), 200);
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    @Test
    void moreRequestsThanThereArePlacesForAreShed() throws Exception {
        edge.close();
        edge = new PickerEdge(List.of(), 1);
        EnvoyStream held = edge.stream();
        edge.ask(held, CHAT, QUESTION);
        ImmediateResponse refusal = refusal(edge.stream().post(CHAT));
        assertRefused(refusal, 429, ErrorCode.QUEUE_FULL);
        assertThat(EnvoyStream.set(refusal.getHeaders(), "retry-after")).isNotNull();
        assertThat(edge.decision(EnvoyStream.set(refusal.getHeaders(), ROUTE)).refusal())
                .contains(ErrorCode.QUEUE_FULL);
        held.close();
        assertThat(held.end()).isEqualTo(Status.OK);
        edge.ask(edge.stream(), CHAT, QUESTION);
    }

    @Test
    void aStreamThatIsCutGivesBackWhatItHeld() throws Exception {
        EnvoyStream chosen = edge.stream();
        edge.ask(chosen, CHAT, QUESTION);
        EnvoyStream half = edge.stream().mode(BodySendMode.BUFFERED).post(CHAT);
        half.next();
        assertThat(edge.gateway.admission().underWay()).isEqualTo(2);
        half.cut();
        chosen.cut();
        edge.awaitNothingHeld();
        assertThat(edge.inFlight()).containsExactly(0, 0);
    }

    @Test
    void aRequestCountsAtItsEndpointUntilItsAnswerHasEnded() throws Exception {
        EnvoyStream stream = edge.stream();
        RouteDecision decision = edge.decision(edge.ask(stream, CHAT, QUESTION));
        EnvoyStream other = edge.stream();
        assertThat(edge.decision(edge.ask(other, CHAT, QUESTION))
                        .candidates()
                        .get(decision.chosen())
                        .seen()
                        .inFlight())
                .isEqualTo(1);
        other.cut();
        stream.answered("200", "").next();
        stream.answer("data: [DONE]", false).next();
        stream.answerTrailers().next();
        EnvoyStream later = edge.stream();
        assertThat(edge.decision(edge.ask(later, CHAT, QUESTION))
                        .candidates()
                        .get(decision.chosen())
                        .seen()
                        .inFlight())
                .isZero();
        stream.close();
        assertThat(stream.end()).isEqualTo(Status.OK);
        later.cut();
        edge.awaitNothingHeld();
    }

    /** So that the first one is chosen. */
    private void loadTheSecond() {
        edge.second
                .engine()
                .reporting(new LoadReport(
                        List.of(new ModelLoad("m", 50, 50, 16, 100, 0, LoadCounters.ZERO)), 0, 0, false));
    }

    private void fail(EndpointHealth health, int times) {
        for (int i = 0; i < times; i++) {
            health.asked(edge.now).failed(edge.now);
        }
    }

    private void beServedBy(String address) throws InterruptedException {
        EnvoyStream stream = edge.stream();
        assertThat(destination(edge.ask(stream, CHAT, QUESTION))).isEqualTo("10.0.0.1:8080,10.0.0.2:8080");
        stream.answered("200", address).next();
    }

    @Test
    void anEndpointThatServesInPlaceOfAnotherIsWell() throws Exception {
        loadTheSecond();
        EndpointHealth second = edge.gateway.health().of("10.0.0.2:9091");
        fail(second, HealthConfig.DEFAULT.breaker().consecutiveFailures() - 1);
        beServedBy("10.0.0.2:8080");
        fail(second, 1);
        assertThat(second.isOpen(edge.now)).isFalse();
    }

    @Test
    void anAddressThatWasNotOfferedSaysNothing() throws Exception {
        loadTheSecond();
        EndpointHealth first = edge.gateway.health().of("10.0.0.1:9091");
        fail(first, HealthConfig.DEFAULT.breaker().consecutiveFailures() - 1);
        beServedBy("10.0.0.9:8080");
        fail(first, 1);
        assertThat(first.isOpen(edge.now)).isTrue();
    }

    @Test
    void anEndpointThatCouldNotBeReachedIsNotChosenForAWhile() throws Exception {
        loadTheSecond();
        for (int i = 0; i < HealthConfig.DEFAULT.breaker().consecutiveFailures(); i++) {
            EnvoyStream stream = edge.stream();
            CommonResponse head = edge.ask(stream, CHAT, QUESTION);
            assertThat(destination(head)).isEqualTo("10.0.0.1:8080,10.0.0.2:8080");
            stream.answered("200", "10.0.0.2:8080").next();
            assertThat(edge.decision(head).refusal()).contains(ErrorCode.REPLICA_UNAVAILABLE);
        }
        RouteDecision decision = edge.decision(edge.ask(edge.stream(), CHAT, QUESTION));
        assertThat(decision.endpoint()).contains("10.0.0.2:9091");
        assertThat(decision.candidates().getFirst().whyNot()).contains(WhyNot.BREAKER_OPEN);
        assertThat(decision.candidates().stream()
                        .limit(2)
                        .map(candidate -> candidate.seen().inFlight()))
                .as("requests count where they were served")
                .containsExactly(0, HealthConfig.DEFAULT.breaker().consecutiveFailures());
    }

    @Test
    void anErrorThatTheGatewayMadeUpSaysNothingOfTheEndpoint() throws Exception {
        for (int i = 0; i < HealthConfig.DEFAULT.breaker().consecutiveFailures(); i++) {
            EnvoyStream stream = edge.stream().subset("10.0.0.1:8080");
            edge.ask(stream, CHAT, QUESTION);
            stream.answered("503", "").next();
            stream.cut();
        }
        edge.awaitNothingHeld();
        assertThat(edge.gateway.health().of("10.0.0.1:9091").isOpen(edge.now)).isFalse();
    }

    @Test
    void manyStreamsAtOnceAreEachAnsweredAndLeaveNothingBehind() throws Exception {
        List<EnvoyStream> streams = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 150; i++) {
            streams.add(edge.stream().post(CHAT));
        }
        for (EnvoyStream stream : streams) {
            stream.body(QUESTION, true);
        }
        Set<String> endpoints = new HashSet<>();
        for (EnvoyStream stream : streams) {
            RouteDecision decision = edge.decision(chosen(stream.next()));
            ids.add(decision.id());
            endpoints.add(decision.endpoint().orElseThrow());
        }
        assertThat(ids).hasSize(150);
        assertThat(endpoints).containsExactlyInAnyOrder("10.0.0.1:9091", "10.0.0.2:9091");
        assertThat(edge.gateway.admission().underWay()).isEqualTo(150);
        streams.forEach(EnvoyStream::cut);
        edge.awaitNothingHeld();
        assertThat(edge.inFlight()).containsExactly(0, 0);
    }

    @Test
    void aRequestThatNobodyEndsIsForgottenWhenItsTimeIsOver() throws Exception {
        EnvoyStream stream = edge.stream();
        edge.ask(stream, CHAT, QUESTION);
        Awaited.until("the request is forgotten", () -> {
            edge.alarms.forEach(Runnable::run); // that of the body, too, until it is replaced, which is after the reply
            return edge.gateway.admission().underWay() == 0;
        });
        assertThat(stream.end()).isEqualTo(Status.OK);
        edge.awaitNothingHeld();
    }
}
