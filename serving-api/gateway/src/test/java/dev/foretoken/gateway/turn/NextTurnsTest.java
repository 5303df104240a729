package dev.foretoken.gateway.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.fake.RecordingTelemetry;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.answer.AnswerLimits;
import dev.foretoken.gateway.answer.AnswerPlanner;
import dev.foretoken.gateway.answer.AnswerSpec;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.answer.OutputSpec;
import dev.foretoken.gateway.answer.PromptInput;
import dev.foretoken.gateway.answer.SamplingSpec;
import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.answer.StopSpec;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.model.ChatRenderer;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class NextTurnsTest {

    private static final Tokenizer TOKENIZER = Models.byteLevelTokenizer();
    private static final String ANSWER = "hm, so it is nine";
    private static final int BLOCK = 4;
    private static final ChatInput CHAT = chat("user", "What time is it?");

    /** Writes every message as it is. */
    private static final ChatRenderer KEEPS = input -> written(input, false);
    /** Leaves what was thought out of earlier answers. */
    private static final ChatRenderer CHANGES = input -> written(input, true);

    private final FakeEngine engine = new FakeEngine("m", TOKENIZER.vocabularySize());
    private final RecordingTelemetry telemetry = new RecordingTelemetry();
    private final List<Thread> threads = new ArrayList<>();
    private final Answers answers = new Answers(
            new AnswerPlanner(AnswerLimits.DEFAULT, () -> 7L),
            RoutedCalls.of(new EngineRouter()),
            System::nanoTime,
            new AnswerMetrics.Factory(Telemetry.NONE));
    private final NextTurns turns = turns(TurnLimits.DEFAULT);

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @BeforeEach
    void answerAtOnce() {
        engine.answering(TOKENIZER.encode(ANSWER, false));
        load(0, BLOCK);
    }

    private static ChatInput chat(String... rolesAndTexts) {
        List<Map<String, Object>> messages = new ArrayList<>();
        for (int i = 0; i < rolesAndTexts.length; i += 2) {
            messages.add(Map.of("role", rolesAndTexts[i], "content", rolesAndTexts[i + 1]));
        }
        return new ChatInput(messages, List.of(), true, Map.of());
    }

    private static String written(ChatInput input, boolean withoutThoughts) {
        StringBuilder text = new StringBuilder();
        input.messages().forEach(message -> {
            String content = (String) message.get("content");
            boolean shortened = withoutThoughts && message.get("role").equals("assistant");
            text.append("[" + message.get("role") + "]").append(shortened ? content.replace("hm, ", "") : content);
        });
        return text.append("[assistant]").toString();
    }

    private NextTurns turns(TurnLimits limits) {
        return new NextTurns(
                limits,
                telemetry,
                work -> {
                    Thread thread = new Thread(work, "next-turn");
                    threads.add(thread);
                    return thread;
                },
                System::nanoTime);
    }

    private ServedModel model(ChatRenderer template) {
        return ServedModel.withText(
                "m", TOKENIZER, Optional.of(template), EngineSet.of(List.of(new EngineEndpoint("local", engine))));
    }

    private void load(int waiting, int blockTokens) {
        ModelLoad load = new ModelLoad("m", waiting, 1, blockTokens, 100, 0, LoadCounters.ZERO);
        engine.reporting(new LoadReport(List.of(load), 0, 0, false));
    }

    /** Answers the chat, and waits until everything that is prepared then is done. */
    private void answer(NextTurns prepared, ServedModel model) throws Exception {
        begin(prepared, model, "t", "s");
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private void begin(NextTurns prepared, ServedModel model, String tenant, String salt) throws Exception {
        AnswerSpec spec = new AnswerSpec(
                new PromptInput.RenderedChat(model.requireChat().render(CHAT)),
                null,
                SamplingSpec.DEFAULT,
                StopSpec.afterTokens(null),
                OutputSpec.TEXT_ONLY,
                new ServiceSpec(Priority.HIGH, null, salt));
        try (AnswerStream answer = answers.open(answers.plan(spec, model, "r", Tenant.of(tenant)), answers.now())) {
            prepared.follow(answer, CHAT);
            while (answer.next().isPresent()) {
                // the reader of an answer does nothing else
            }
        }
    }

    private double count(String outcome) {
        double value = telemetry.value("foretoken_next_turns_total[m, " + outcome + "]");
        return Double.isNaN(value) ? 0 : value;
    }

    private static int[] encoded(ChatRenderer template, ChatInput chat) {
        return TOKENIZER.encode(template.render(chat), false);
    }

    /** Blocks so large that the turn fills one, and what the next turn adds to it fills none. */
    private void oneBlockHoldsTheTurn() {
        load(0, encoded(KEEPS, CHAT).length + TOKENIZER.encode(ANSWER, false).length - 1);
    }

    @Test
    void aPrefixThatTheTemplateKeepsIsInTheCachesAlready() throws Exception {
        oneBlockHoldsTheTurn();
        answer(turns, model(KEEPS));
        assertThat(engine.submittedCount()).isEqualTo(1);
        assertThat(count("kept")).isEqualTo(1);
    }

    @Test
    void aKeptPrefixIsComputedWhereAWholeBlockOfItIsMissing() throws Exception {
        load(0, 1);
        answer(turns, model(KEEPS));
        assertThat(count("prepared")).isEqualTo(1);
    }

    @Test
    void aPrefixThatTheTemplateChangesIsComputedBehindEverybodyElse() throws Exception {
        answer(turns, model(CHANGES));
        GenerationRequest answered = engine.nextSubmitted().request();
        GenerationRequest prepared = engine.nextSubmitted().request();
        assertThat(prepared.stop().maxTokens()).isZero();
        assertThat(prepared.service().priority()).isEqualTo(Priority.BATCH);
        assertThat(prepared.service().timeout()).contains(TurnLimits.DEFAULT.timeout());
        assertThat(prepared.options().prefill().mode()).isEqualTo(PrefillMode.EXACT);
        assertThat(prepared.identity().tenant()).isEqualTo("t");
        assertThat(prepared.identity().cacheSalt()).isEqualTo("s");
        assertThat(prepared.identity().requestId())
                .isNotEqualTo(answered.identity().requestId());
        assertThat(count("prepared")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_next_turn_tokens_total[m]"))
                .isEqualTo(prepared.prompt().size());
    }

    @Test
    void whatIsComputedIsTheNextTurnUpToItsOwnMessage() throws Exception {
        answer(turns, model(CHANGES));
        engine.nextSubmitted();
        int[] prepared = engine.nextSubmitted().request().prompt().tokens().toArray();
        int[] next = encoded(CHANGES, chat("user", "What time is it?", "assistant", ANSWER, "user", "And in Rome?"));
        assertThat(Arrays.copyOf(next, prepared.length)).containsExactly(prepared);
        int own = TOKENIZER.encode("And in Rome?[assistant]", false).length;
        assertThat(next.length - prepared.length).isLessThanOrEqualTo(own + 1);
    }

    @Test
    void whatWasReadFromPredictedKeysAndValuesIsNotInTheCaches() throws Exception {
        oneBlockHoldsTheTurn();
        engine.behaving(predicted(PrefillUsage.NEVER));
        answer(turns, model(KEEPS));
        assertThat(count("prepared")).isEqualTo(1);
    }

    @Test
    void whatWasRepairedIs() throws Exception {
        oneBlockHoldsTheTurn();
        engine.behaving(predicted(3));
        answer(turns, model(KEEPS));
        assertThat(count("kept")).isEqualTo(1);
    }

    private static Consumer<FakeGeneration> predicted(int repairedAt) {
        return generation -> {
            generation.startedPredicted(0, 0);
            int prompt = generation.request().prompt().size();
            int[] ids = generation.request().stop().maxTokens() == 0 ? new int[0] : TOKENIZER.encode(ANSWER, false);
            for (int id : ids) {
                generation.token(0, id);
            }
            PrefillUsage prefill = new PrefillUsage(PrefillMode.PREDICTED, prompt - 1, repairedAt);
            generation.push(new EngineEvent.Finished(
                    0, FinishReason.LENGTH, new Usage(prompt, 0, ids.length, prefill, Timings.NONE)));
        };
    }

    @Test
    void theNextTurnEndsItsPreparation() throws Exception {
        FakeGeneration preparation = preparing(turns, "t");
        assertThat(telemetry.value("foretoken_next_turns_pending[]")).isEqualTo(1);
        ChatInput next = chat("user", "What time is it?", "assistant", "Nine.", "user", "And in Rome?");
        turns.arrived("t", model(CHANGES), next);
        assertThat(preparation.wasCancelled()).isTrue();
        threads.getFirst().join();
        assertThat(count("overtaken")).isEqualTo(1);
        assertThat(telemetry.value("foretoken_next_turns_pending[]")).isZero();
    }

    @Test
    void otherChatsAndOtherTenantsEndNothing() throws Exception {
        FakeGeneration preparation = preparing(turns, "t");
        ChatInput next = chat("user", "What time is it?", "assistant", "Nine.", "user", "And in Rome?");
        turns.arrived("u", model(CHANGES), next);
        turns.arrived("t", model(CHANGES), chat("user", "What day is it?", "assistant", "Friday.", "user", "Oh."));
        turns.arrived("t", model(CHANGES), chat());
        assertThat(preparation.wasCancelled()).isFalse();
    }

    /** Answers a chat whose next turn is never done. */
    private FakeGeneration preparing(NextTurns prepared, String tenant) throws Exception {
        engine.behaving(generation -> {
            if (generation.request().stop().maxTokens() > 0) {
                generation.started(0, 0);
                for (int id : TOKENIZER.encode(ANSWER, false)) {
                    generation.token(0, id);
                }
                generation.finished(0, FinishReason.LENGTH);
            }
        });
        begin(prepared, model(CHANGES), tenant, "");
        engine.nextSubmitted();
        return engine.nextSubmitted();
    }

    @Test
    void whatIsTooManyAtOnceIsDroppedForOneTenantAndForAll() throws Exception {
        NextTurns two = turns(new TurnLimits(2, 1, Duration.ofMinutes(1)));
        preparing(two, "t");
        begin(two, model(CHANGES), "t", "");
        assertThat(count("dropped")).isEqualTo(1);
        engine.forgetSubmitted();
        preparing(two, "u");
        begin(two, model(CHANGES), "v", "");
        assertThat(count("dropped")).isEqualTo(2);
        two.close();
    }

    @Test
    void nothingIsPreparedWhileOthersWait() throws Exception {
        load(1, BLOCK);
        answer(turns, model(CHANGES));
        assertThat(count("dropped")).isEqualTo(1);
        assertThat(engine.submittedCount()).isEqualTo(1);
    }

    @Test
    void anEngineThatRefusesDropsItAndATemplateThatRefusesFailsIt() throws Exception {
        engine.behaving(generation -> {
            if (generation.request().stop().maxTokens() == 0) {
                throw new ForetokenException(ErrorCode.QUEUE_FULL, "full");
            }
            generation.started(0, 0);
            generation.finished(0, FinishReason.LENGTH);
        });
        answer(turns, model(CHANGES));
        assertThat(count("dropped")).isEqualTo(1);
        answer(turns, model(input -> {
            if (input.messages().size() > 1) {
                throw new ForetokenException(ErrorCode.TEMPLATE_FAILED, "one turn only");
            }
            return CHANGES.render(input);
        }));
        assertThat(count("failed")).isEqualTo(1);
    }

    @Test
    void aPreparationThatTakesTooLongIsGivenUp() throws Exception {
        FakeGeneration preparation = preparing(turns(new TurnLimits(4, 4, Duration.ofMillis(20))), "t");
        assertThat(preparation.awaitCancelled()).isTrue();
        threads.getFirst().join(TimeUnit.MINUTES.toMillis(2));
        assertThat(count("dropped")).isEqualTo(1);
    }

    @Test
    void anAnswerThatFailsHasNoNextTurn() {
        engine.behaving(generation -> {
            generation.started(0, 0);
            generation.push(new EngineEvent.Failed(0, ErrorCode.RUNTIME_FAILED, "device lost"));
        });
        assertThatThrownBy(() -> answer(turns, model(CHANGES))).isInstanceOf(ForetokenException.class);
        assertThat(threads).isEmpty();
    }

    @Test
    void closingEndsEverything() throws Exception {
        FakeGeneration preparation = preparing(turns, "t");
        turns.close();
        assertThat(preparation.wasCancelled()).isTrue();
        begin(turns, model(CHANGES), "t", "");
        assertThat(count("dropped")).isEqualTo(1);
    }

    @Test
    void aServerThatPreparesNothingSaysSo() {
        assertThatThrownBy(() -> turns(TurnLimits.DEFAULT.withMaxPending(0)).requireOffered())
                .isInstanceOfSatisfying(ForetokenException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_FEATURE);
                    assertThat(e.param()).contains("prepare_next_turn");
                });
    }
}
