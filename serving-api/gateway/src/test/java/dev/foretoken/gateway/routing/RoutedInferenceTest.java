package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Runs of graphs have what generations have: a record of where they went, another engine where one fails, and a word to its health. */
class RoutedInferenceTest {

    private static final int TOKENS = 40;

    private final FakeClock clock = new FakeClock();
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final HealthBook health = new HealthBook(HealthConfig.DEFAULT, telemetry, clock);
    private final EngineRouter router = GivenRouters.firstOfEquals(clock, health);
    private final RoutedCalls calls = new RoutedCalls(router, CallLimits.DEFAULT, telemetry);
    private final FakeGraph first = graph(request -> List.of());
    private final FakeGraph second = graph(request -> List.of());
    private final ServedModel model = model(first, second);
    private final List<String> told = new ArrayList<>();

    private static FakeGraph graph(Function<TensorRequest, List<Tensor>> computing) {
        return new FakeGraph("m", new TensorSignature(List.of(), List.of(), 0), Set.of(ModelTask.TENSOR), computing);
    }

    private static ServedModel model(FakeGraph one, FakeGraph other) {
        return new ServedModel(
                "m",
                Optional.empty(),
                Optional.empty(),
                TokenIds.EMPTY,
                List.of(new EngineEndpoint("first", one), new EngineEndpoint("second", other)));
    }

    private static TensorRequest request() {
        return TensorRequest.of("m", new RequestIdentity("r", "tenant", ""), List.of());
    }

    private TensorAnswer infer() {
        clock.advance(Duration.ofMillis(1)); // what was sent before is reported by now
        return calls.infer(model, request(), TOKENS, told::add);
    }

    private static Function<TensorRequest, List<Tensor>> failing(ErrorCode code) {
        return request -> {
            throw new ForetokenException(code, "no answer");
        };
    }

    private List<RouteDecision> decisions() {
        return told.stream().map(id -> router.records().find(id).orElseThrow()).toList();
    }

    private List<String> ways() {
        return decisions().stream()
                .map(decision -> decision.endpoint().orElseThrow() + " "
                        + decision.refusal().map(ErrorCode::name).orElse("took it"))
                .toList();
    }

    @Test
    void whatOneEngineRefusesOrLosesAnotherComputes() {
        for (ErrorCode code : EngineFaults.RECOVERABLE) {
            clock.advance(Duration.ofMinutes(1));
            told.clear();
            first.computing(failing(code));
            infer();
            assertThat(ways()).containsExactly("first " + code, "second took it");
        }
        assertThat(second.requests()).hasSize(EngineFaults.RECOVERABLE.size());
        assertThat(telemetry.value("foretoken_route_retries_total[replica_lost]"))
                .isEqualTo(1);
    }

    @Test
    void decisionsSayWhoseRunItIsAndHowLarge() {
        infer();
        assertThat(decisions()).extracting(RouteDecision::tenant).containsExactly("tenant");
        assertThat(decisions()).extracting(RouteDecision::promptTokens).containsExactly(TOKENS);
    }

    @Test
    void anEngineThatLosesRunsIsLeftAloneAndTriedAgainLater() {
        first.computing(failing(ErrorCode.REPLICA_LOST));
        for (int i = 0; i < 3; i++) {
            infer();
        }
        assertThat(health.open()).containsExactly("first");
        first.computing(request -> List.of());
        first.forget();
        infer();
        assertThat(first.requests()).isEmpty();
        clock.advance(Duration.ofSeconds(2));
        infer();
        assertThat(first.requests()).hasSize(1);
        assertThat(health.open()).isEmpty();
    }

    @Test
    void aRunThatFailsOfItselfIsTheAnswerAndSaysNothingOfItsEngine() {
        for (ErrorCode code : List.of(
                ErrorCode.INVALID_REQUEST,
                ErrorCode.RUNTIME_FAILED,
                ErrorCode.CANCELLED,
                ErrorCode.DEADLINE_EXCEEDED)) {
            first.computing(failing(code));
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(this::infer)
                        .isInstanceOfSatisfying(
                                ForetokenException.class,
                                e -> assertThat(e.code()).isEqualTo(code));
            }
        }
        assertThat(second.requests()).isEmpty();
        assertThat(health.open()).isEmpty();
    }

    @Test
    void theFirstRefusalIsTheAnswerWhereNobodyTakesIt() {
        first.computing(failing(ErrorCode.QUEUE_FULL));
        second.computing(failing(ErrorCode.REPLICA_LOST));
        assertThatThrownBy(this::infer)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
        assertThat(ways()).containsExactly("first QUEUE_FULL", "second REPLICA_LOST");
    }

    @Test
    void anotherEngineGetsTheTimeThatIsLeft() {
        TensorRequest timed = request().withService(ServiceLevel.DEFAULT.withTimeout(Duration.ofSeconds(10)));
        Duration[] taken = {Duration.ofSeconds(4)};
        first.computing(request -> {
            clock.advance(taken[0]);
            throw new ForetokenException(ErrorCode.REPLICA_LOST, "lost");
        });
        calls.infer(model, timed, 0, told::add);
        assertThat(second.requests().getFirst().service().timeout()).contains(Duration.ofSeconds(6));
        taken[0] = Duration.ofSeconds(10);
        clock.advance(Duration.ofMinutes(1));
        assertThatThrownBy(() -> calls.infer(model, timed, 0, told::add))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
        assertThat(second.requests()).hasSize(1);
    }

    @Test
    void aRunCountsWhereItIsUntilItIsOver() {
        first.computing(request -> {
            first.computing(inner -> List.of());
            infer(); // another one, meanwhile
            throw new ForetokenException(ErrorCode.REPLICA_LOST, "lost");
        });
        infer();
        infer();
        assertThat(decisions())
                .extracting(decision -> decision.candidates().getFirst().seen().inFlight())
                .containsExactly(0, 1, 0, 0);
        assertThat(decisions().get(1).candidates().getFirst().seen().sentTokens())
                .isEqualTo(TOKENS);
        assertThat(decisions().get(1).endpoint()).contains("second");
    }

    @Test
    void whatAModelTakesAnotherEngineSaysToo() {
        FakeGraph silent = graph(request -> List.of()).silent();
        assertThatThrownBy(() -> calls.signature(model(silent, silent)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REPLICA_UNAVAILABLE));
        assertThat(calls.signature(model(silent, first))).isEqualTo(first.signature("m"));
        assertThat(calls.signature(model(first, silent))).isEqualTo(first.signature("m"));
    }
}
