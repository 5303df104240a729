package dev.foretoken.gateway.routing;

import static dev.foretoken.gateway.routing.ScriptedReplica.NEVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever happens to engines, and when: the reader sees one answer, as of an engine to which nothing happened, or one end that says why. */
class RoutedGenerationTest {

    private static final int TOKENS = 5;

    private final FakeClock clock = new FakeClock();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HealthBook health = new HealthBook(HealthConfig.DEFAULT, telemetry, clock);
    private final ScriptedReplica first = new ScriptedReplica("first");
    private final ScriptedReplica second = new ScriptedReplica("second");
    private final ScriptedReplica third = new ScriptedReplica("third");
    private ServedModel model = model(first, second, third);
    private CallLimits limits = CallLimits.DEFAULT;

    private static ServedModel model(ScriptedReplica... replicas) {
        return new ServedModel(
                "m",
                Optional.empty(),
                Optional.empty(),
                TokenIds.EMPTY,
                Stream.of(replicas).map(ScriptedReplica::endpoint).toList());
    }

    private static GenerationRequest request(int choices) {
        return GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), TOKENS).withChoices(choices);
    }

    private RoutedGeneration open(GenerationRequest request) {
        return open(request, firstOfEquals(), id -> {});
    }

    private RoutedGeneration open(GenerationRequest request, Consumer<String> told) {
        return open(request, firstOfEquals(), told);
    }

    private RoutedGeneration open(GenerationRequest request, EngineRouter router, Consumer<String> told) {
        return new RoutedCalls(router, limits, telemetry).open(model, request, told);
    }

    private EngineRouter firstOfEquals() {
        return GivenRouters.firstOfEquals(clock, health);
    }

    private static List<EngineEvent> rest(RoutedGeneration generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            events.add(generation.next(Duration.ofSeconds(10)).orElseThrow());
        }
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        return events;
    }

    private static List<EngineEvent> of(List<EngineEvent> events, int choice) {
        return events.stream().filter(event -> event.choice() == choice).toList();
    }

    /** Start, scores where wanted, every token once and in its place, and the end. */
    private static void assertWhole(List<EngineEvent> events, GenerationRequest request) {
        for (int choice = 0; choice < request.choices(); choice++) {
            List<EngineEvent> own = new ArrayList<>(of(events, choice));
            assertThat(own.removeFirst()).isInstanceOf(EngineEvent.Started.class);
            if (request.output().wantsPromptLogprobs()) {
                assertThat(own.removeFirst()).isInstanceOf(EngineEvent.PromptScored.class);
            }
            EngineEvent.Finished last = (EngineEvent.Finished) own.removeLast();
            assertThat(last.reason()).isEqualTo(FinishReason.LENGTH);
            assertThat(last.usage().promptTokens()).isEqualTo(3);
            assertThat(last.usage().cachedTokens()).isEqualTo(1);
            assertThat(last.usage().completionTokens()).isEqualTo(TOKENS);
            int number = choice;
            assertThat(own)
                    .isEqualTo(IntStream.range(0, TOKENS)
                            .mapToObj(i -> new EngineEvent.TokenGenerated(
                                    number, ScriptedReplica.token(number, i), 3 + i, null))
                            .toList());
        }
    }

    private static EngineEvent.Failed failure(List<EngineEvent> events) {
        return (EngineEvent.Failed) events.getLast();
    }

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
    void aLossBeforeTheFirstTokenIsARetryOfTheWholeRequest() throws InterruptedException {
        first.lostBehind(1);
        assertWhole(rest(open(request(1))), request(1));
        assertThat(second.engine.nextSubmitted().request().resumed().isEmpty()).isTrue();
        assertThat(telemetry.value("foretoken_route_retries_total[replica_lost]"))
                .isEqualTo(1);
        assertThat(telemetry.value("foretoken_migrations_total[replica_lost]")).isZero();
    }

    @Test
    void everyRefusalThatAnotherMayNotGiveIsTriedElsewhere() throws InterruptedException {
        for (ErrorCode code : EngineFaults.RECOVERABLE) {
            first.refusing(code);
            assertWhole(rest(open(request(1))), request(1));
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(telemetry.value("foretoken_route_retries_total[queue_full]")).isEqualTo(1);
    }

    @Test
    void decisionsSayWhichEnginesDidNotTakeTheRequest() throws InterruptedException {
        first.refusing(ErrorCode.QUEUE_FULL);
        second.lostBehind(1);
        EngineRouter router = firstOfEquals();
        List<String> told = new ArrayList<>();
        rest(open(request(1), router, told::add));
        assertThat(told.stream()
                        .map(id -> router.records().find(id).orElseThrow())
                        .map(decision -> decision.endpoint().orElseThrow() + " "
                                + decision.refusal().map(ErrorCode::name).orElse("took it")))
                .containsExactly("first QUEUE_FULL", "second REPLICA_LOST", "third took it");
    }

    @Test
    void aRefusalOfTheRequestItselfIsTheAnswer() {
        first.refusing(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertRefused(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void theFirstRefusalIsTheAnswerWhenAllRefuse() {
        first.refusing(ErrorCode.QUEUE_FULL);
        second.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        third.refusing(ErrorCode.DRAINING);
        assertRefused(ErrorCode.QUEUE_FULL);
    }

    @Test
    void oneThatIsNotWorthAskingIsAskedOnlyForWhatIsLost() throws InterruptedException {
        first.refusing(ErrorCode.QUEUE_FULL);
        assertThatThrownBy(() -> open(request(1), GivenRouters.noneInstead(clock, health), id -> {}))
                .isInstanceOf(ForetokenException.class);
        first.refusing(ErrorCode.DRAINING);
        assertWhole(rest(open(request(1), GivenRouters.noneInstead(clock, health), id -> {})), request(1));
    }

    @Test
    void noMoreReplicasAreAskedThanTheLimitsAllow() {
        limits = new CallLimits(2, 4, Duration.ZERO);
        first.refusing(ErrorCode.QUEUE_FULL);
        second.refusing(ErrorCode.QUEUE_FULL);
        assertRefused(ErrorCode.QUEUE_FULL);
        assertThat(third.engine.submittedCount()).isZero();
    }

    @Test
    void aFullReplicaIsNotLeftForOneThatWouldLoadTheModelFirst() throws InterruptedException {
        model = model(first.refusing(ErrorCode.QUEUE_FULL), second);
        second.engine.withState(ModelState.AVAILABLE);
        assertRefused(ErrorCode.QUEUE_FULL);
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        assertWhole(rest(open(request(1))), request(1));
    }

    @Test
    void anEngineThatNeverServesTheModelIsNoWayRoundAnOpenBreaker() {
        EngineEndpoint stranger = new EngineEndpoint("stranger", new FakeEngine("other", 10));
        model = new ServedModel(
                "m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, List.of(stranger, first.endpoint()));
        for (int i = 0; i < HealthConfig.DEFAULT.breaker().consecutiveFailures(); i++) {
            health.of("first").asked(clock.getAsLong()).failed(clock.getAsLong());
        }
        assertThat(health.open()).containsExactly("first");
        assertThat(open(request(1)).endpoint().name()).isEqualTo("first");
    }

    @Test
    void aReplicaLostWithNothingLeftToSayIsCancelled() throws InterruptedException {
        GenerationRequest request = request(2);
        first.lostBehind(first.events(request).size() - 2);
        assertWhole(rest(open(request)), request);
        assertThat(second.engine.submittedCount()).isZero();
        assertThat(first.engine.nextSubmitted().wasCancelled()).isTrue();
    }

    private void assertRefused(ErrorCode code) {
        assertThatThrownBy(() -> open(request(1)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
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
    void aCallerWhoLeavesWhileTheStreamMovesIsNotFollowed() throws InterruptedException {
        first.lostBehind(3);
        RoutedGeneration generation = open(request(1));
        second.engine.behaving(moved -> generation.cancel());
        List<EngineEvent> events = rest(generation);
        assertThat(((EngineEvent.Finished) events.getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(second.engine.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void aCallerWhoLeftBeforeTheLossIsNotFollowedAtAll() throws InterruptedException {
        FakeGeneration[] running = new FakeGeneration[1];
        first.engine.behaving(generation -> running[0] = generation);
        RoutedGeneration generation = open(request(1));
        running[0].push(new EngineEvent.Failed(0, ErrorCode.REPLICA_LOST, "lost"));
        generation.cancel();
        assertThat(failure(rest(generation)).code()).isEqualTo(ErrorCode.REPLICA_LOST);
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void aChoiceThatWasCancelledIsNotGeneratedElsewhere() throws InterruptedException {
        FakeGeneration[] running = new FakeGeneration[1];
        first.engine.behaving(generation -> running[0] = generation);
        RoutedGeneration generation = open(request(2));
        for (int choice = 0; choice < 2; choice++) {
            running[0].started(choice, 1);
            running[0].push(new EngineEvent.TokenGenerated(choice, ScriptedReplica.token(choice, 0), 3, null));
            running[0].push(new EngineEvent.Failed(choice, ErrorCode.REPLICA_LOST, "lost"));
        }
        generation.cancel(0);
        List<EngineEvent> events = rest(generation);
        assertThat(((EngineEvent.Finished) of(events, 0).getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(((EngineEvent.Finished) of(events, 1).getLast()).reason()).isEqualTo(FinishReason.LENGTH);
        assertThat(of(events, 1)).hasSize(2 + TOKENS);
        assertThat(second.engine.nextSubmitted().request().resumed().choices())
                .extracting(Resumed.Choice::ended)
                .containsExactly(true, false);
    }

    @Test
    void aReplicaThatFailsAgainAndAgainIsLeftAloneAndTriedAgainLater() throws InterruptedException {
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[first]")).isEqualTo(1);
        first.engine.refusing(null);
        rest(open(request(1)));
        assertThat(first.engine.submittedCount()).isZero();
        clock.advance(Duration.ofSeconds(2));
        rest(open(request(1)));
        assertThat(first.engine.submittedCount()).isEqualTo(1);
        assertThat(telemetry.value("foretoken_endpoint_breaker_open[first]")).isZero();
    }

    @Test
    void oneRequestAloneTriesAReplicaThatFailedThoughOthersWereLedThereToo() throws InterruptedException {
        first.refusing(ErrorCode.REPLICA_UNAVAILABLE);
        for (int i = 0; i < 3; i++) {
            rest(open(request(1)));
        }
        clock.advance(Duration.ofSeconds(2));
        first.engine.refusing(null);
        List<String> asked = new ArrayList<>();
        first.engine.behaving(generation -> asked.add("first"));
        second.engine.behaving(generation -> asked.add("second"));
        List<RoutedGeneration> sooner = new ArrayList<>();
        open(request(1), id -> {
            if (sooner.isEmpty()) {
                sooner.add(open(request(1)));
            }
        });
        assertThat(asked).containsExactly("first", "second");
    }

    @Test
    void requestsThatFailOfThemselvesKeepNobodyElsesFromAReplica() throws InterruptedException {
        for (ErrorCode code : List.of(
                ErrorCode.RUNTIME_FAILED,
                ErrorCode.INTERNAL_ERROR,
                ErrorCode.INVALID_REQUEST,
                ErrorCode.DEADLINE_EXCEEDED,
                ErrorCode.CANCELLED)) {
            for (int i = 0; i < 10; i++) {
                first.endingBehind(0, code);
                rest(open(request(1)));
                first.endingBehind(3, code);
                rest(open(request(4)));
                first.refusing(code);
                assertRefused(code);
                first.engine.refusing(null);
            }
        }
        assertThat(health.open()).isEmpty();
        assertThat(second.engine.submittedCount()).isZero();
    }

    @Test
    void onlyReplicasThatFailAreAskedAllTheSame() throws InterruptedException {
        model = model(first.refusing(ErrorCode.REPLICA_UNAVAILABLE));
        for (int i = 0; i < 3; i++) {
            assertRefused(ErrorCode.REPLICA_UNAVAILABLE);
        }
        first.engine.refusing(null);
        assertWhole(rest(open(request(1))), request(1));
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
