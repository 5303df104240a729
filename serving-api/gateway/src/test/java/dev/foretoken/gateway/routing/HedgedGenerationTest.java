package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A request whose engine is slow has a second one, and its reader sees the answer of whichever gives a token first, and nothing of the other. */
@Timeout(300)
class HedgedGenerationTest {

    private static final Duration AFTER = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FakeClock clock = new FakeClock();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HealthBook health = new HealthBook(HealthConfig.DEFAULT, telemetry, clock);
    private final EngineRouter router = GivenRouters.firstOfEquals(clock, health);
    private final FakeEngine first = new FakeEngine("m", 1000);
    private final FakeEngine second = new FakeEngine("m", 1000);
    private final FakeEngine third = new FakeEngine("m", 1000);
    private final AtomicInteger places = new AtomicInteger();
    private final List<String> told = new ArrayList<>();
    private Hedging.SecondPlaces limits = tenant -> {
        places.incrementAndGet();
        return places::decrementAndGet;
    };
    private RoutedCalls calls = calls();
    private List<EngineEndpoint> endpoints =
            List.of(new EngineEndpoint("first", first), new EngineEndpoint("second", second));

    private RoutedCalls calls() {
        return new RoutedCalls(
                router, CallLimits.DEFAULT.hedgingAfter(AFTER), telemetry, tenant -> limits.take(tenant));
    }

    private static GenerationRequest request() {
        return GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 2);
    }

    private RoutedGeneration open(GenerationRequest request) {
        ServedModel model = new ServedModel("m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, endpoints);
        return calls.open(model, request, told::add);
    }

    /** Late, and sent to the second engine; nothing has been heard yet. */
    private RoutedGeneration hedged() throws InterruptedException {
        RoutedGeneration generation = open(request());
        late(generation);
        return generation;
    }

    private void late(RoutedGeneration generation) throws InterruptedException {
        clock.advance(AFTER);
        assertThat(generation.next(Duration.ZERO)).isEmpty();
    }

    private static void answer(FakeGeneration generation, int... tokens) {
        generation.started(0, 0);
        for (int token : tokens) {
            generation.token(0, token);
        }
        generation.finished(0, FinishReason.LENGTH);
    }

    private static EngineEvent.Failed failed(ErrorCode code) {
        return new EngineEvent.Failed(0, code, "it has ended");
    }

    private static List<EngineEvent> rest(RoutedGeneration generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            events.add(generation.next(PATIENCE).orElseThrow());
        }
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        return events;
    }

    private static List<Integer> tokens(List<EngineEvent> events) {
        assertThat(events.getFirst()).isInstanceOf(EngineEvent.Started.class);
        assertThat(events).filteredOn(EngineEvent::isLast).hasSize(1);
        return events.stream()
                .filter(EngineEvent.TokenGenerated.class::isInstance)
                .map(event -> ((EngineEvent.TokenGenerated) event).tokenId())
                .toList();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(2, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private double hedges() {
        return telemetry.value("foretoken_hedges_total[]");
    }

    /** The second engine is asked on a thread of its own: waits until so many have taken a request. */
    private void awaitHedges(int count) throws InterruptedException {
        Awaited.until(count + " hedges", () -> hedges() >= count);
        assertThat(hedges()).isEqualTo(count);
    }

    @Test
    void theFirstEngineAnswersWhereItIsSooner() throws InterruptedException {
        RoutedGeneration generation = hedged();
        FakeGeneration slow = first.nextSubmitted();
        FakeGeneration other = second.nextSubmitted();
        answer(slow, 11, 12);
        assertThat(tokens(rest(generation))).containsExactly(11, 12);
        assertThat(other.awaitCancelled()).isTrue();
        assertThat(slow.wasCancelled()).isFalse();
        assertThat(generation.endpoint().name()).isEqualTo("first");
        awaitHedges(1);
        assertThat(telemetry.value("foretoken_hedges_won_total[]")).isZero();
        assertThat(places).hasValue(0);
    }

    @Test
    void theSecondEngineAnswersWhereItIsSoonerWithTheSameRequest() throws InterruptedException {
        RoutedGeneration generation = hedged();
        assertThat(places).hasValue(1);
        FakeGeneration slow = first.nextSubmitted();
        FakeGeneration other = second.nextSubmitted();
        assertThat(other.request()).isEqualTo(slow.request());
        answer(other, 21, 22);
        assertThat(tokens(rest(generation))).containsExactly(21, 22);
        assertThat(slow.wasCancelled()).isTrue();
        assertThat(generation.endpoint().name()).isEqualTo("second");
        assertThat(telemetry.value("foretoken_hedges_won_total[]")).isEqualTo(1);
        assertThat(places).hasValue(0);
    }

    @Test
    void theDecisionsSayWhyThereAreTwo() throws InterruptedException {
        hedged();
        assertThat(told.stream().map(id -> router.records().find(id).orElseThrow()))
                .extracting(
                        RouteDecision::cause, decision -> decision.endpoint().orElseThrow())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(RouteDecision.Cause.REQUEST, "first"),
                        org.assertj.core.groups.Tuple.tuple(RouteDecision.Cause.HEDGE, "second"));
    }

    @Test
    void whatTheLoserSaysLaterReachesNobody() throws InterruptedException {
        RoutedGeneration generation = hedged();
        FakeGeneration slow = first.nextSubmitted();
        FakeGeneration other = second.nextSubmitted();
        slow.started(0, 2);
        other.started(0, 1);
        other.token(0, 21);
        EngineEvent.Started started =
                (EngineEvent.Started) generation.next(PATIENCE).orElseThrow();
        assertThat(started.cachedTokens()).as("of the one that answers").isEqualTo(1);
        slow.push(new EngineEvent.TokenGenerated(0, 11, 3, null));
        slow.push(failed(ErrorCode.REPLICA_LOST));
        other.token(0, 22);
        other.finished(0, FinishReason.LENGTH);
        List<EngineEvent> events = rest(generation);
        assertThat(events)
                .filteredOn(EngineEvent.TokenGenerated.class::isInstance)
                .extracting(event -> ((EngineEvent.TokenGenerated) event).tokenId())
                .containsExactly(21, 22);
        assertThat(health.open()).isEmpty();
    }

    @Test
    void usageIsOfTheAnswerAloneAndCountsTheTimeBefore() throws InterruptedException {
        RoutedGeneration generation = hedged();
        answer(second.nextSubmitted(), 21, 22);
        EngineEvent.Finished last = (EngineEvent.Finished) rest(generation).getLast();
        assertThat(last.usage().promptTokens()).isEqualTo(3);
        assertThat(last.usage().timings().queueNanos()).isEqualTo(AFTER.toNanos());
    }

    @Test
    void cachedTokensAreThoseOfTheAnswerAlsoWhereTheOtherEngineHadStarted() throws InterruptedException {
        RoutedGeneration generation = open(request());
        first.nextSubmitted().started(0, 2);
        assertThat(generation.next(PATIENCE)).containsInstanceOf(EngineEvent.Started.class);
        late(generation);
        FakeGeneration other = second.nextSubmitted();
        other.started(0, 1);
        other.token(0, 21);
        other.finished(0, FinishReason.LENGTH);
        List<EngineEvent> events = rest(generation);
        assertThat(events).as("it has started for the reader before").hasSize(2);
        assertThat(((EngineEvent.Finished) events.getLast()).usage().cachedTokens())
                .isEqualTo(1);
    }

    @Test
    void oneThatFailsLeavesTheRequestToTheOther() throws InterruptedException {
        for (boolean firstFails : List.of(true, false)) {
            clock.advance(Duration.ofMinutes(1));
            RoutedGeneration generation = hedged();
            FakeGeneration slow = first.nextSubmitted();
            FakeGeneration other = second.nextSubmitted();
            (firstFails ? slow : other).push(failed(ErrorCode.REPLICA_LOST));
            assertThat(generation.next(Duration.ofMillis(20))).isEmpty();
            answer(firstFails ? other : slow, 31, 32);
            assertThat(tokens(rest(generation))).containsExactly(31, 32);
            assertThat(generation.endpoint().name()).isEqualTo(firstFails ? "second" : "first");
            assertThat(places).hasValue(0);
        }
    }

    @Test
    void whereBothFailAThirdIsAskedAndElseTheFailureIsTheAnswer() throws InterruptedException {
        endpoints = List.of(
                new EngineEndpoint("first", first),
                new EngineEndpoint("second", second),
                new EngineEndpoint("third", third));
        third.answering(41);
        RoutedGeneration generation = hedged();
        first.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
        second.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
        assertThat(tokens(rest(generation))).containsExactly(41);
        endpoints = endpoints.subList(0, 2);
        clock.advance(Duration.ofMinutes(1));
        RoutedGeneration lost = hedged();
        first.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
        second.nextSubmitted().push(failed(ErrorCode.DRAINING));
        assertThat(rest(lost)).singleElement().isInstanceOf(EngineEvent.Failed.class);
        assertThat(places).hasValue(0);
    }

    @Test
    void aSecondEngineThatGivesNoAnswerHasNotWon() throws InterruptedException {
        RoutedGeneration lost = hedged();
        first.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
        assertThat(lost.next(Duration.ofMillis(20))).isEmpty();
        second.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
        assertThat(rest(lost)).singleElement().isInstanceOf(EngineEvent.Failed.class);
        clock.advance(Duration.ofMinutes(1));
        RoutedGeneration left = hedged();
        second.nextSubmitted().finished(0, FinishReason.CANCELLED);
        rest(left);
        awaitHedges(2);
        assertThat(telemetry.value("foretoken_hedges_won_total[]")).isZero();
    }

    @Test
    void aCallerWhoLeavesEndsBoth() throws InterruptedException {
        RoutedGeneration generation = hedged();
        generation.cancel();
        assertThat(first.nextSubmitted().wasCancelled()).isTrue();
        assertThat(second.nextSubmitted().awaitCancelled()).isTrue();
        assertThat(((EngineEvent.Finished) rest(generation).getLast()).reason()).isEqualTo(FinishReason.CANCELLED);
        RoutedGeneration byChoice = hedged();
        byChoice.cancel(0);
        assertThat(first.nextSubmitted().wasCancelled()).isTrue();
        assertThat(second.nextSubmitted().awaitCancelled()).isTrue();
    }

    @Test
    void aCallerWhoLeavesWhileTheSecondIsAskedEndsItToo() throws InterruptedException {
        RoutedGeneration generation = open(request());
        second.behaving(asked -> generation.cancel());
        clock.advance(AFTER);
        generation.next(PATIENCE);
        assertThat(second.nextSubmitted().awaitCancelled()).isTrue();
    }

    @Test
    void whoCancelsAndReadsNoFurtherGivesTheSecondPlaceBack() throws InterruptedException {
        RoutedGeneration generation = hedged();
        assertThat(places).hasValue(1);
        generation.cancel();
        assertThat(places).hasValue(0);
        rest(generation);
        assertThat(places).as("once").hasValue(0);
        RoutedGeneration meanwhile = open(request());
        second.behaving(asked -> meanwhile.cancel());
        clock.advance(AFTER);
        meanwhile.next(Duration.ZERO);
        second.nextSubmitted();
        assertThat(second.nextSubmitted().awaitCancelled()).isTrue();
        assertThat(places)
                .as("of one that was cancelled while the second was asked")
                .hasValue(0);
    }

    @Test
    void oneThatHasGivenATokenIsNotHedgedHoweverSlowItIs() throws InterruptedException {
        RoutedGeneration generation = open(request());
        FakeGeneration slow = first.nextSubmitted();
        slow.started(0, 0);
        slow.token(0, 11);
        generation.next(PATIENCE);
        generation.next(PATIENCE);
        late(generation);
        assertThat(second.submittedCount()).isZero();
    }

    @Test
    void theReaderWaitsItselfAsLongAsASecondEngineMayBeAskedOrIs() throws InterruptedException {
        RoutedGeneration generation = open(request());
        assertThat(generation.whenArrived(() -> {})).isFalse();
        late(generation);
        first.nextSubmitted().started(0, 0);
        assertThat(generation.whenArrived(() -> {})).isFalse();
        assertThat(generation.ahead()).isEqualTo(Generation.Ahead.OTHER);
        FakeGeneration other = second.nextSubmitted();
        answer(other, 21, 22);
        generation.next(PATIENCE);
        assertThat(generation.next(PATIENCE)).containsInstanceOf(EngineEvent.TokenGenerated.class);
        assertThat(generation.ahead()).isEqualTo(Generation.Ahead.TOKEN);
        assertThat(generation.whenArrived(() -> {})).isTrue();
    }

    @Test
    void oneThatIsNotLateIsNotHedged() throws InterruptedException {
        RoutedGeneration generation = open(request());
        clock.advance(AFTER.minusNanos(1));
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        assertThat(second.submittedCount()).isZero();
        calls = new RoutedCalls(router, CallLimits.DEFAULT, telemetry);
        late(open(request()));
        assertThat(hedges()).as("off unless asked for").isZero();
    }

    @Test
    void noMoreThanAShareOfRequestsIsHedged() throws InterruptedException {
        for (int i = 0; i < HedgeBudget.MOST + 5; i++) {
            hedged();
        }
        awaitHedges(HedgeBudget.MOST);
        assertThat(places).as("of those that are under way").hasValue(HedgeBudget.MOST);
        for (int i = 0; i < HedgeBudget.REQUESTS_PER_HEDGE; i++) {
            open(request());
        }
        hedged();
        hedged();
        awaitHedges(HedgeBudget.MOST + 1);
    }

    @Test
    void whatIsInNoHurryOrTooLateOrOverItsTenantsLimitHasOneEngine() throws InterruptedException {
        ServiceLevel batch = ServiceLevel.DEFAULT.withPriority(Priority.BATCH);
        ServiceLevel hurried =
                ServiceLevel.DEFAULT.withTimeout(AFTER.multipliedBy(2).minusNanos(1));
        late(open(request().withService(batch)));
        late(open(request().withService(hurried)));
        limits = tenant -> {
            throw new ForetokenException(ErrorCode.RATE_LIMITED, "no more");
        };
        hedged();
        assertThat(first.submittedCount() + second.submittedCount()).isEqualTo(3);
        assertThat(hedges()).isZero();
    }

    @Test
    void whereThereIsNoOtherEngineNothingIsTakenForOne() throws InterruptedException {
        second.withState(ModelState.LOADING);
        List<String> asked = new ArrayList<>();
        limits = tenant -> {
            asked.add(tenant);
            return () -> {};
        };
        for (int i = 0; i <= HedgeBudget.MOST; i++) {
            late(open(request()));
        }
        assertThat(asked).isEmpty();
        second.withState(ModelState.READY);
        hedged();
        awaitHedges(1); // of a budget that is whole
    }

    @Test
    void whereNoOtherEngineCanTakeItItStaysWhereItIs() throws InterruptedException {
        second.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        RoutedGeneration generation = hedged();
        second.withState(ModelState.LOADING);
        RoutedGeneration another = hedged();
        answer(first.nextSubmitted(), 11, 12);
        answer(first.nextSubmitted(), 13, 14);
        assertThat(tokens(rest(generation))).containsExactly(11, 12);
        assertThat(tokens(rest(another))).containsExactly(13, 14);
        assertThat(places).hasValue(0);
        assertThat(hedges()).isZero();
    }

    @Test
    void aSecondEngineThatIsSlowToTakeItDoesNotHoldTheFirstOnesAnswer() throws InterruptedException {
        CountDownLatch frozen = new CountDownLatch(1);
        second.behaving(asked -> awaitLatch(frozen));
        RoutedGeneration generation = hedged();
        FakeGeneration other = second.nextSubmitted();
        answer(first.nextSubmitted(), 11, 12);
        assertThat(tokens(rest(generation))).containsExactly(11, 12);
        assertThat(places).hasValue(0);
        frozen.countDown();
        assertThat(other.awaitCancelled()).as("it has come too late").isTrue();
        assertThat(health.open()).isEmpty();
    }

    @Test
    void whereTheFirstFailsMeanwhileItIsTheSecondsToTakeItOrAThirds() throws InterruptedException {
        third.answering(41);
        for (boolean takes : List.of(true, false)) {
            clock.advance(Duration.ofMinutes(1));
            endpoints = List.of(
                    new EngineEndpoint("first", first),
                    new EngineEndpoint("second", second),
                    new EngineEndpoint("third", third));
            CountDownLatch frozen = new CountDownLatch(1);
            second.behaving(asked -> {
                awaitLatch(frozen);
                if (!takes) {
                    throw new ForetokenException(ErrorCode.QUEUE_FULL, "full");
                }
            });
            RoutedGeneration generation = hedged();
            FakeGeneration other = second.nextSubmitted();
            first.nextSubmitted().push(failed(ErrorCode.REPLICA_LOST));
            assertThat(generation.next(Duration.ofMillis(20))).isEmpty();
            frozen.countDown();
            answer(other, 31, 32);
            assertThat(tokens(rest(generation))).isEqualTo(takes ? List.of(31, 32) : List.of(41));
            assertThat(places).hasValue(0);
        }
    }

    @Test
    void onePodThatRequestsAreKeptFromIsNoSecondOne() throws InterruptedException {
        for (int i = 0; i < 100 && health.open().isEmpty(); i++) {
            health.of("second").asked(clock.getAsLong()).failed(clock.getAsLong());
        }
        assertThat(health.open()).containsExactly("second");
        hedged();
        assertThat(places).hasValue(0);
        assertThat(told).hasSize(1);
    }
}
