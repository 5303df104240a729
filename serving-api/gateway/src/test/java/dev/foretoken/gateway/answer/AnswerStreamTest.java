package dev.foretoken.gateway.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RouteSources;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AnswerStreamTest {

    private static final Tokenizer TOKENIZER = Models.byteLevelTokenizer();

    private final FakeEngine engine = new FakeEngine("m", TOKENIZER.vocabularySize());
    private final ServedModel model = Models.withText("m", TOKENIZER, engine);
    private final AtomicLong now = new AtomicLong();
    private final Answers answers = new Answers(
            new AnswerPlanner(AnswerLimits.DEFAULT, () -> 7L),
            RoutedCalls.of(new EngineRouter(RoutingConfig.DEFAULT, RouteSources.of(now::get))),
            now::get,
            new AnswerMetrics.Factory(Telemetry.NONE));

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void joinsTheTextOfAllTokensAndCountsThem() throws Exception {
        int[] ids = TOKENIZER.encode("Zürich is 9 km away", false);
        engine.answering(ids);
        AnswerStream answer = open(spec().withPrompt(new PromptInput.Text("Where?")));
        List<AnswerEvent> events = all(answer);
        assertThat(text(events)).isEqualTo("Zürich is 9 km away");
        assertThat(events.getLast()).isInstanceOf(AnswerEvent.Ended.class);
        assertThat(answer.usage().completionTokens()).isEqualTo(ids.length);
        assertThat(answer.usage().promptTokens()).isEqualTo(TOKENIZER.encode("Where?", true).length);
    }

    @Test
    void cachedTokensAreWhatTheEngineSaysThatAnswered() throws Exception {
        engine.behaving(generation -> {
            generation.push(new EngineEvent.Started(0, 3, 2));
            Usage usage = new Usage(3, 1, 0, PrefillUsage.EXACT, Timings.NONE);
            generation.push(new EngineEvent.Finished(0, FinishReason.LENGTH, usage));
        });
        AnswerStream answer = open(spec());
        all(answer);
        assertThat(answer.usage().cachedTokens()).isEqualTo(1);
    }

    @Test
    void endsAtAStopStringAcrossTokensAndDoesNotCountWhatComesAfter() throws Exception {
        int[] ids = TOKENIZER.encode("one two END three", false);
        int[] upToStop = TOKENIZER.encode("one two END", false);
        engine.answering(ids);
        AnswerStream answer = open(stoppingAt("END"));
        List<AnswerEvent> events = all(answer);
        assertThat(text(events)).isEqualTo("one two ");
        assertThat(ended(events).finish()).isEqualTo(AnswerFinish.atString("END"));
        assertThat(answer.usage().completionTokens()).isEqualTo(upToStop.length);
        assertThat(engine.nextSubmitted().wasCancelled()).isTrue().as("the engine has all its last events");
    }

    @Test
    void givesBackTextHeldForAStopStringThatNeverCame() throws Exception {
        engine.answering(TOKENIZER.encode("an EN", false));
        assertThat(text(all(open(stoppingAt("END"))))).isEqualTo("an EN");
    }

    @Test
    void looksForStopStringsOnlyFromTheLeastNumberOfTokensOn() throws Exception {
        int[] ids = TOKENIZER.encode("END and END", false);
        engine.answering(ids);
        long least = TOKENIZER.encode("END and", false).length;
        StopSpec stop =
                new StopSpec(40L, "max_tokens", null, least, List.of("END"), false, StopSpec.StopTokens.MODEL_ONLY);
        assertThat(text(all(open(withStop(stop))))).isEqualTo("END and ");
    }

    @Test
    void cancelsOnlyTheChoiceThatRanIntoAStopString() throws Exception {
        int[] end = TOKENIZER.encode("END", false);
        int[] go = TOKENIZER.encode("going on", false);
        engine.behaving(g -> {
            g.started(0, 0);
            g.started(1, 0);
            for (int id : end) {
                g.token(0, id);
            }
            for (int id : go) {
                g.token(1, id);
            }
            g.finished(1, FinishReason.LENGTH);
        });
        AnswerSpec two = stoppingAt("END");
        AnswerStream answer =
                open(new AnswerSpec(two.prompt(), 2L, two.sampling(), two.stop(), two.output(), two.service()));
        List<AnswerEvent> events = all(answer);
        assertThat(text(events.stream().filter(e -> e.choice() == 1).toList())).isEqualTo("going on");
        assertThat(answer.usage().completionTokens()).isEqualTo(end.length + go.length);
    }

    @Test
    void leavesTheStopTokenOutOfTheTextAndNamesIt() throws Exception {
        int stop = TOKENIZER.encode("X", false)[0];
        int[] before = TOKENIZER.encode("abc", false);
        engine.behaving(g -> {
            g.started(0, 0);
            for (int id : before) {
                g.token(0, id);
            }
            g.token(0, stop);
            g.finished(0, FinishReason.STOP_TOKEN);
        });
        StopSpec stopping = new StopSpec(
                20L, "max_tokens", null, null, List.of(), false, new StopSpec.StopTokens(TokenIds.of(stop), false));
        List<AnswerEvent> events = all(open(withStop(stopping)));
        assertThat(text(events)).isEqualTo("abc");
        assertThat(ended(events).finish().stopToken()).isEqualTo(OptionalInt.of(stop));
    }

    @Test
    void failsWithTheEnginesCodeAndCancelsTheRest() throws Exception {
        engine.behaving(g -> {
            g.started(0, 0);
            g.push(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "device lost"));
        });
        AnswerStream answer = open(spec());
        answer.next();
        assertThatThrownBy(answer::next)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
        assertThat(engine.nextSubmitted().awaitCancelled()).isTrue();
    }

    @Test
    void failsAtTheDeadlineWhateverTheEngineDoes() throws Exception {
        AnswerStream answer = open(spec());
        now.addAndGet(AnswerLimits.DEFAULT.maxTimeout().toNanos());
        assertThatThrownBy(answer::next)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
        assertThat(engine.nextSubmitted().awaitCancelled()).isTrue();
    }

    @Test
    void wakesItsReaderWhenItIsCancelledByAnotherThread() throws Exception {
        AnswerStream answer = open(spec());
        FakeGeneration generation = engine.nextSubmitted();
        generation.started(0, 0);
        answer.next();
        Thread canceller = Thread.ofVirtual().start(answer::cancel);
        assertThatThrownBy(answer::next)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        canceller.join(Duration.ofMinutes(2));
    }

    @Test
    void cancelsWhatHasNotEndedWhenItIsClosed() throws Exception {
        open(spec()).close();
        assertThat(engine.nextSubmitted().awaitCancelled()).isTrue();
    }

    private AnswerSpec spec() {
        return withStop(StopSpec.afterTokens(40L));
    }

    private static AnswerSpec stoppingAt(String stop) {
        return withStop(
                new StopSpec(40L, "max_tokens", null, null, List.of(stop), false, StopSpec.StopTokens.MODEL_ONLY));
    }

    private static AnswerSpec withStop(StopSpec stop) {
        return new AnswerSpec(
                new PromptInput.Text("Hello"),
                null,
                SamplingSpec.DEFAULT,
                stop,
                OutputSpec.TEXT_ONLY,
                ServiceSpec.DEFAULT);
    }

    private AnswerStream open(AnswerSpec spec) {
        return answers.open(answers.plan(spec, model, "r-1", Tenant.of("")), answers.now());
    }

    private static List<AnswerEvent> all(AnswerStream answer) throws InterruptedException {
        List<AnswerEvent> events = new ArrayList<>();
        for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
            events.add(event.get());
        }
        return events;
    }

    private static AnswerEvent.Ended ended(List<AnswerEvent> events) {
        return (AnswerEvent.Ended) events.getLast();
    }

    private static String text(List<AnswerEvent> events) {
        StringBuilder text = new StringBuilder();
        for (AnswerEvent event : events) {
            switch (event) {
                case AnswerEvent.Token token -> text.append(token.text());
                case AnswerEvent.Ended ended -> text.append(ended.text());
                case AnswerEvent.Started started -> {}
                case AnswerEvent.PromptScored scored -> {}
            }
        }
        return text.toString();
    }
}
