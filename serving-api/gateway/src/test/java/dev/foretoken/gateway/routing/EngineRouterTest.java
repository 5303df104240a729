package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.WhyNot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EngineRouterTest {

    private final FakeClock clock = new FakeClock();
    private final HealthBook health = new HealthBook(HealthConfig.DEFAULT, Telemetry.NONE, clock);
    private final FakeEngine first = new FakeEngine("m", 10);
    private final FakeEngine second = new FakeEngine("m", 10);
    private final ServedModel model = new ServedModel(
            "m",
            Optional.empty(),
            Optional.empty(),
            TokenIds.EMPTY,
            List.of(new EngineEndpoint("first", first), new EngineEndpoint("second", second)));

    private static LoadReport busy(int running, int waiting) {
        ModelLoad load = new ModelLoad("m", waiting, running, 16, 100, 0, LoadCounters.ZERO);
        return new LoadReport(List.of(load), 0, 0, false);
    }

    /** Draws are all 0. */
    private EngineRouter router() {
        return new EngineRouter(
                RoutingConfig.DEFAULT, new RouteSources(clock, clock, health, () -> 0, Optional.empty()));
    }

    private String chosen() {
        return router().choose(RouteQuery.of(model)).chosen().name();
    }

    @Test
    void choosesTheReadyEngineWithTheFewestSequences() {
        first.reporting(busy(3, 2));
        second.reporting(busy(4, 0));
        assertThat(chosen()).isEqualTo("second");
        first.reporting(busy(1, 1));
        assertThat(chosen()).isEqualTo("first");
    }

    @Test
    void choosesAnotherThanAnEngineThatFailedOfLateAndItAloneWhereThereIsNoOther() {
        second.reporting(busy(50, 50));
        EngineRouter router = router();
        for (int i = 0; i < HealthConfig.DEFAULT.breaker().consecutiveFailures(); i++) {
            health.of("first").asked(clock.getAsLong()).failed(clock.getAsLong());
        }
        RouteDecision decision = router.choose(RouteQuery.of(model)).decision();
        assertThat(decision.endpoint()).contains("second");
        assertThat(decision.candidates().getFirst().whyNot()).contains(WhyNot.BREAKER_OPEN);
        second.withState(ModelState.FAILED);
        assertThat(router.choose(RouteQuery.of(model)).chosen().name()).isEqualTo("first");
    }

    @Test
    void anEngineThatHasComeBackIsTakenToBeSlowerForAWhile() {
        EngineRouter router = router();
        router.choose(RouteQuery.of(model));
        clock.advance(HealthConfig.DEFAULT.slowStart());
        assertThat(seen(router, "first").slowness()).isEqualTo(1);
        first.withState(ModelState.FAILED);
        router.choose(RouteQuery.of(model));
        first.withState(ModelState.READY);
        assertThat(seen(router, "first").slowness()).isEqualTo(4);
        assertThat(seen(router, "second").slowness()).isEqualTo(1);
        clock.advance(HealthConfig.DEFAULT.slowStart());
        assertThat(seen(router, "first").slowness()).isEqualTo(1);
    }

    @Test
    void refusesWhileNoEngineIsKnownAndFindsTheOneThatAppears() {
        List<EngineEndpoint> known = new ArrayList<>();
        ServedModel awaited =
                new ServedModel("m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, () -> List.copyOf(known));
        EngineRouter router = router();
        assertThatThrownBy(() -> router.choose(RouteQuery.of(awaited)))
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
                    assertThat(e.retryAfter()).isPresent();
                });
        assertThatThrownBy(() -> router.home(awaited, 1)).isInstanceOf(ForetokenException.class);
        known.add(new EngineEndpoint("first", first));
        assertThat(router.choose(RouteQuery.of(awaited)).chosen().name()).isEqualTo("first");
    }

    @Test
    void choosesAReadyEngineOverAnIdleOneThatIsNot() {
        first.withState(ModelState.LOADING);
        second.reporting(busy(50, 50));
        assertThat(chosen()).isEqualTo("second");
    }

    @Test
    void anEngineThatNeverServesTheModelDoesNotStandInForOneThatIsAway() {
        EngineEndpoint stranger = new EngineEndpoint("stranger", new FakeEngine("other", 10));
        ServedModel away = new ServedModel(
                "m",
                Optional.empty(),
                Optional.empty(),
                TokenIds.EMPTY,
                List.of(stranger, new EngineEndpoint("first", first)));
        first.withState(ModelState.FAILED);
        EngineRouter router = router();
        assertThat(router.choose(RouteQuery.of(away)).chosen().name()).isEqualTo("first");
        for (int key = 0; key < 100; key++) {
            assertThat(router.home(away, key).name()).isEqualTo("first");
        }
    }

    @Test
    void choosesAnEngineThatHasTheAdapter() {
        second.withAdapters(new AdapterInfo("s", 4, 1, Instant.EPOCH)).reporting(busy(50, 50));
        assertThat(router().choose(RouteQuery.of(model.with("s"))).chosen().name())
                .isEqualTo("second");
        assertThat(chosen()).isEqualTo("first");
    }

    @Test
    void keysAreSpreadAndMoveOnlyFromAnEngineThatCannotAnswer() {
        EngineRouter router = router();
        List<String> homes = IntStream.range(0, 100)
                .mapToObj(key -> router.home(model, key).name())
                .toList();
        assertThat(homes.stream().filter("first"::equals).count()).isBetween(25L, 75L);
        first.withState(ModelState.LOADING);
        for (int key = 0; key < 100; key++) {
            assertThat(router.home(model, key).name()).isEqualTo("second");
        }
        first.withState(ModelState.READY);
        for (int key = 0; key < 100; key++) {
            assertThat(router.home(model, key).name()).isEqualTo(homes.get(key));
        }
    }

    @Test
    void recordsWhatItSaw() {
        first.reporting(busy(3, 2));
        EngineRouter router = router();
        Route route = router.choose(RouteQuery.of(model, GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 4)));
        RouteDecision decision = route.decision();
        assertThat(decision.endpoint()).contains("second");
        assertThat(decision.promptTokens()).isEqualTo(3);
        assertThat(decision.candidates())
                .extracting(RouteDecision.Candidate::endpoint)
                .containsExactly("first", "second");
        assertThat(decision.candidates().getFirst().seen().sequences()).isEqualTo(5);
        assertThat(decision.candidates().getFirst().whyNot()).contains(WhyNot.WORSE);
        assertThat(route.summary()).contains("m -> second");
        assertThat(router.records().find(route.id())).contains(decision);
    }

    @Test
    void aRefusalIsRecordedWithItsReasonAndWhyNobodyWasAsked() {
        EngineRouter router = router();
        List<String> told = new ArrayList<>();
        RouteQuery nobody = new RouteQuery(model, RouteQuery.Work.ANY, Set.of("first", "second")).telling(told::add);
        assertThatThrownBy(() -> router.choose(nobody)).isInstanceOf(ForetokenException.class);
        RouteDecision decision = router.records().find(told.getFirst()).orElseThrow();
        assertThat(decision.refusal()).contains(ErrorCode.REPLICA_UNAVAILABLE);
        assertThat(decision.endpoint()).isEmpty();
        assertThat(decision.candidates())
                .extracting(candidate -> candidate.whyNot().orElseThrow())
                .containsOnly(WhyNot.EXCLUDED);
        RouteDecision away = router.records()
                .find(router.turnAway("team", ErrorCode.RATE_LIMITED))
                .orElseThrow();
        assertThat(away.tenant()).isEqualTo("team");
        assertThat(away.refusal()).contains(ErrorCode.RATE_LIMITED);
    }

    @Test
    void countsWhatItSentUntilTheLastEventWasTaken() throws InterruptedException {
        EngineRouter router = router();
        first.answering(5);
        GenerationRequest request = GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 2);
        Route route = router.choose(RouteQuery.of(model, request));
        assertThat(route.chosen().name()).isEqualTo("first");
        Generation generation = route.submit(request);
        assertThat(inFlight(router, "first")).isEqualTo(1);
        assertThat(router.choose(RouteQuery.of(model)).chosen().name()).isEqualTo("second");
        while (!generation.isDone()) {
            generation.next(Duration.ofSeconds(1));
        }
        assertThat(inFlight(router, "first")).isZero();
        router.choose(RouteQuery.of(model, request)).submit(request).cancel();
        assertThat(inFlight(router, "first")).isZero();
    }

    @Test
    void aRefusedRequestDoesNotCount() {
        EngineRouter router = router();
        first.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        GenerationRequest request = GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), 2);
        Route route = router.choose(RouteQuery.of(model, request));
        assertThatThrownBy(() -> route.submit(request)).isInstanceOf(ForetokenException.class);
        assertThat(inFlight(router, "first")).isZero();
    }

    @Test
    void doesNotAskAgainWhoWasTried() {
        EngineRouter router = router();
        RouteQuery again = new RouteQuery(model, RouteQuery.Work.ANY, Set.of("first"));
        assertThat(router.choose(again).chosen().name()).isEqualTo("second");
        assertThatThrownBy(() -> router.choose(new RouteQuery(model, RouteQuery.Work.ANY, Set.of("first", "second"))))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
    }

    private int inFlight(EngineRouter router, String endpoint) {
        return seen(router, endpoint).inFlight();
    }

    private CandidateFeatures seen(EngineRouter router, String endpoint) {
        return router.choose(RouteQuery.of(model)).decision().candidates().stream()
                .filter(candidate -> candidate.endpoint().equals(endpoint))
                .findFirst()
                .orElseThrow()
                .seen();
    }
}
