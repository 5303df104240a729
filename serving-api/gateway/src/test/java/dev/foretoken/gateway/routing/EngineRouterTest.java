package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EngineRouterTest {

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

    private String chosen() {
        return new EngineRouter().choose(model).chosen().name();
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
    void refusesWhileNoEngineIsKnownAndFindsTheOneThatAppears() {
        List<EngineEndpoint> known = new ArrayList<>();
        ServedModel awaited =
                new ServedModel("m", Optional.empty(), Optional.empty(), TokenIds.EMPTY, () -> List.copyOf(known));
        EngineRouter router = new EngineRouter();
        assertThatThrownBy(() -> router.choose(awaited)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE);
            assertThat(e.retryAfter()).isPresent();
        });
        assertThatThrownBy(() -> router.home(awaited, 1)).isInstanceOf(ForetokenException.class);
        known.add(new EngineEndpoint("first", first));
        assertThat(router.choose(awaited).chosen().name()).isEqualTo("first");
    }

    @Test
    void choosesAReadyEngineOverAnIdleOneThatIsNot() {
        first.withState(ModelState.LOADING);
        second.reporting(busy(50, 50));
        assertThat(chosen()).isEqualTo("second");
    }

    @Test
    void choosesAnEngineThatHasTheAdapter() {
        second.withAdapters(new AdapterInfo("s", 4, 1, Instant.EPOCH)).reporting(busy(50, 50));
        assertThat(new EngineRouter().choose(model.with("s")).chosen().name()).isEqualTo("second");
        assertThat(chosen()).isEqualTo("first");
    }

    @Test
    void choosesTheFirstOfEqualsSoThatADecisionCanBeReplayed() {
        assertThat(chosen()).isEqualTo("first");
    }

    @Test
    void keysAreSpreadAndMoveOnlyFromAnEngineThatCannotAnswer() {
        EngineRouter router = new EngineRouter();
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
        RouteDecision decision = new EngineRouter().choose(model);
        assertThat(decision.candidates())
                .containsExactly(
                        new RouteDecision.Candidate("first", true, 5), new RouteDecision.Candidate("second", true, 0));
        assertThat(decision.summary()).contains("m -> second");
    }
}
