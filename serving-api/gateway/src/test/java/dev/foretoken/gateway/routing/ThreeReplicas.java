package dev.foretoken.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three replicas that do what a test says, of which the first of those that can be asked is taken. */
abstract class ThreeReplicas {

    static final int TOKENS = 5;

    final FakeClock clock = new FakeClock();
    final RecordingTelemetry telemetry = new RecordingTelemetry();
    final HealthBook health = new HealthBook(HealthConfig.DEFAULT, telemetry, clock);
    final ScriptedReplica first = new ScriptedReplica("first");
    final ScriptedReplica second = new ScriptedReplica("second");
    final ScriptedReplica third = new ScriptedReplica("third");
    ServedModel model = model(first, second, third);
    CallLimits limits = CallLimits.DEFAULT;

    static ServedModel model(ScriptedReplica... replicas) {
        return new ServedModel(
                "m",
                Optional.empty(),
                Optional.empty(),
                TokenIds.EMPTY,
                Stream.of(replicas).map(ScriptedReplica::endpoint).toList());
    }

    static GenerationRequest request(int choices) {
        return GenerationRequest.greedy("r", "m", Prompt.of(1, 2, 3), TOKENS).withChoices(choices);
    }

    RoutedGeneration open(GenerationRequest request) {
        return open(request, firstOfEquals(), id -> {});
    }

    RoutedGeneration open(GenerationRequest request, Consumer<String> told) {
        return open(request, firstOfEquals(), told);
    }

    RoutedGeneration open(GenerationRequest request, EngineRouter router, Consumer<String> told) {
        return new RoutedCalls(router, limits, telemetry).open(model, request, told);
    }

    EngineRouter firstOfEquals() {
        return GivenRouters.firstOfEquals(clock, health);
    }

    static List<EngineEvent> rest(RoutedGeneration generation) throws InterruptedException {
        List<EngineEvent> events = new ArrayList<>();
        while (!generation.isDone()) {
            events.add(generation.next(Duration.ofMinutes(2)).orElseThrow());
        }
        assertThat(generation.next(Duration.ZERO)).isEmpty();
        return events;
    }

    static List<EngineEvent> of(List<EngineEvent> events, int choice) {
        return events.stream().filter(event -> event.choice() == choice).toList();
    }

    /** Start, scores where wanted, every token once and in its place, and the end. */
    static void assertWhole(List<EngineEvent> events, GenerationRequest request) {
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

    static EngineEvent.Failed failure(List<EngineEvent> events) {
        return (EngineEvent.Failed) events.getLast();
    }

    void assertRefused(ErrorCode code) {
        assertThatThrownBy(() -> open(request(1)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
