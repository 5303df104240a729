package dev.foretoken.gateway.routing;

import static dev.foretoken.gateway.routing.ScriptedReplica.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever happens to engines, and when: the reader sees one answer, as of an engine to which nothing happened, or one end that says why. */
class RoutedGenerationTest extends ThreeReplicas {

    @Test
    void aReplicaLostBehindAnyEventIsNotNoticed() throws InterruptedException {
        for (int choices = 1; choices <= 3; choices++) {
            GenerationRequest request = request(choices).withOutput(new OutputOptions(-1, choices - 2, false));
            int all = first.events(request).size();
            for (int events = 0; events < all; events++) {
                first.lostBehind(events);
                assertWhole(rest(open(request)), request);
            }
        }
    }

    @Test
    void neitherIsTheLossOfTheOneThatTookOver() throws InterruptedException {
        GenerationRequest request = request(2);
        for (int events = 0; events < first.events(request).size(); events++) {
            for (int more = 0; more < 8; more++) {
                clock.advance(Duration.ofMinutes(1)); // none of them is left alone for what was before
                model = model(first.lostBehind(events), second.lostBehind(more), third);
                RoutedGeneration generation = open(request);
                assertThat(generation.endpoint().name()).isEqualTo("first");
                assertWhole(rest(generation), request);
            }
        }
    }

    @Test
    void aReplicaThatHandsItsStreamBackIsFollowedByAnother() throws InterruptedException {
        first.endingBehind(3, ErrorCode.DRAINING);
        assertWhole(rest(open(request(1))), request(1));
        assertThat(telemetry.value("foretoken_migrations_total[draining]")).isEqualTo(1);
    }

    /** Whoever brings events may not wait for what a third one says to it. */
    @Test
    void theStartOfTheOneThatTookOverIsLeftToWhoeverMayWait() throws InterruptedException {
        first.endingBehind(1, ErrorCode.DRAINING);
        FakeGeneration[] other = new FakeGeneration[1];
        second.engine.behaving(generation -> other[0] = generation);
        RoutedGeneration generation = open(request(1));
        assertThat(generation.ahead()).isEqualTo(Generation.Ahead.START);
        assertThat(generation.next(Duration.ZERO)).get().isInstanceOf(EngineEvent.Started.class);
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        List<Generation.Ahead> seen = new ArrayList<>();
        assertThat(generation.whenArrived(() -> seen.add(generation.ahead()))).isTrue();
        other[0].started(0, 1);
        other[0].push(new EngineEvent.Failed(0, ErrorCode.DRAINING, "drains too"));
        assertThat(seen).containsExactly(Generation.Ahead.OTHER, Generation.Ahead.OTHER);
        assertThat(rest(generation)).hasSize(TOKENS + 1);
        assertThat(generation.endpoint().name()).isEqualTo("third");
    }

    @Test
    void theOtherReplicaGetsTheTokensThatWereGivenAndNoMore() throws InterruptedException {
        first.lostBehind(3);
        RoutedGeneration generation = open(request(1));
        rest(generation);
        GenerationRequest moved = second.engine.nextSubmitted().request();
        assertThat(moved.resumed().choices())
                .containsExactly(new Resumed.Choice(
                        TokenIds.of(ScriptedReplica.token(0, 0), ScriptedReplica.token(0, 1)), false));
        assertThat(moved.resumed().numericsId())
                .isEqualTo(first.engine.models().getFirst().numericsId())
                .isNotEmpty();
        assertThat(moved.sampling().seed()).isEqualTo(request(1).sampling().seed());
        assertThat(generation.endpoint().name()).isEqualTo("second");
        assertThat(telemetry.value("foretoken_migrations_total[replica_lost]")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_route_retries_total[replica_lost]"))
                .isZero();
    }

    @Test
    void aReplicaLostWithNothingLeftToSayIsCancelled() throws InterruptedException {
        GenerationRequest request = request(2);
        first.lostBehind(first.events(request).size() - 2);
        assertWhole(rest(open(request)), request);
        assertThat(second.engine.submittedCount()).isZero();
        assertThat(first.engine.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void aStreamEndsWithItsLossWhereNobodyComputesTheSameBits() throws InterruptedException {
        model = model(first.lostBehind(4), second);
        second.engine.computing("other-numerics");
        List<EngineEvent> events = rest(open(request(2)));
        assertThat(failure(of(events, 0)).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(failure(of(events, 1)).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(second.engine.submittedCount()).isZero();
        assertThat(telemetry.value("foretoken_migrations_failed_total[replica_lost]"))
                .isEqualTo(1);
    }

    @Test
    void aReplicaThatComputesOtherwiseByNowRefusesAndAnotherGoesOn() throws InterruptedException {
        first.lostBehind(3);
        second.refusing(ErrorCode.REPLICA_LOST);
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(1));
            assertWhole(rest(open(request(1))), request(1));
        }
        assertThat(third.engine.submittedCount()).isEqualTo(5);
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[second]")).isZero();
    }

    @Test
    void aPredictedPromptAndAnAdapterTieAStreamToItsReplica() throws InterruptedException {
        first.predicting().lostBehind(3);
        PrefillOptions auto = new PrefillOptions(PrefillMode.AUTO, Repair.SLACK);
        List<EngineEvent> predicted = rest(open(request(1).withOptions(ModelOptions.DEFAULT.withPrefill(auto))));
        assertThat(failure(predicted).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        first.engine.withAdapters(new AdapterInfo("lora", 8, 64, Instant.EPOCH));
        model = model(first, second).with("lora");
        List<EngineEvent> adapted =
                rest(open(request(1).withOptions(ModelOptions.DEFAULT.withAdapter(Optional.of("lora")))));
        assertThat(failure(adapted).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(second.engine.submittedCount() + third.engine.submittedCount())
                .isZero();
    }

    @Test
    void anAutomaticChoiceThatComputedThePromptIsMovedAsAnExactOne() throws InterruptedException {
        first.lostBehind(3);
        PrefillOptions auto = new PrefillOptions(PrefillMode.AUTO, Repair.SLACK);
        GenerationRequest request = request(1).withOptions(ModelOptions.DEFAULT.withPrefill(auto));
        assertWhole(rest(open(request)), request);
        assertThat(second.engine.nextSubmitted().request().options().prefill().mode())
                .isEqualTo(PrefillMode.EXACT);
    }

    @Test
    void aFailureOfTheRequestItselfIsNotMoved() throws InterruptedException {
        first.endingBehind(3, ErrorCode.RUNTIME_FAILED);
        assertThat(failure(rest(open(request(1)))).code()).isEqualTo(ErrorCode.RUNTIME_FAILED);
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void onlyTheLastEventMissingNeedsNoOtherReplica() throws InterruptedException {
        model = model(first);
        first.lostBehind(1 + TOKENS);
        assertWhole(rest(open(request(1))), request(1));
        int third = ScriptedReplica.token(0, 2);
        first.lostBehind(4);
        GenerationRequest stopping = request(1).withStop(new StopConditions(TOKENS, 0, TokenIds.of(third)));
        EngineEvent.Finished last = (EngineEvent.Finished) rest(open(stopping)).getLast();
        assertThat(last.reason()).isEqualTo(FinishReason.STOP_TOKEN);
        assertThat(last.usage().completionTokens()).isEqualTo(3);
    }

    @Test
    void theTimeLeftIsWhatAnotherReplicaGets() throws InterruptedException {
        GenerationRequest request = request(1).withService(ServiceLevel.DEFAULT.withTimeout(Duration.ofSeconds(10)));
        first.lostBehind(3);
        RoutedGeneration generation = open(request);
        clock.advance(Duration.ofSeconds(4));
        assertWhole(rest(generation), request);
        assertThat(second.engine.nextSubmitted().request().service().timeout()).contains(Duration.ofSeconds(6));
        RoutedGeneration late = open(request);
        clock.advance(Duration.ofSeconds(10));
        assertThat(failure(rest(late)).code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void usageTellsTheTimeInAllReplicasTogether() throws InterruptedException {
        first.lostBehind(2);
        RoutedGeneration generation = open(request(1));
        clock.advance(Duration.ofMillis(20));
        generation.next(Duration.ZERO);
        clock.advance(Duration.ofMillis(30));
        generation.next(Duration.ZERO);
        clock.advance(Duration.ofMillis(50));
        EngineEvent.Finished moved = (EngineEvent.Finished) rest(generation).getLast();
        assertThat(moved.usage().timings().queueNanos()).isEqualTo(20_000_000);
        assertThat(moved.usage().timings().prefillNanos()).isEqualTo(30_000_000);
        assertThat(moved.usage().timings().decodeNanos()).isEqualTo(50_000_000);
        first.lostBehind(0);
        RoutedGeneration retried = open(request(1));
        clock.advance(Duration.ofMillis(7));
        EngineEvent.Finished last = (EngineEvent.Finished) rest(retried).getLast();
        assertThat(last.usage().timings().queueNanos()).isEqualTo(7_000_005);
    }

    @Test
    void everyReplicaLostEndsTheStreamOnce() throws InterruptedException {
        Stream.of(first, second, third).forEach(replica -> replica.lostBehind(2));
        List<EngineEvent> events = rest(open(request(1)));
        assertThat(events).hasSize(5);
        assertThat(failure(events).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(second.lostBehind(NEVER).engine.submittedCount()).isEqualTo(1);
    }
}
