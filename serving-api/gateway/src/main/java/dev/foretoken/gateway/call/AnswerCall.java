package dev.foretoken.gateway.call;

import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.openai.ReplyFormat;
import dev.foretoken.gateway.openai.ReplyOptions;
import dev.foretoken.gateway.openai.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The plans of one request, which {@link AnswerCalls} makes, and their answers. Used by the request's thread. */
public final class AnswerCall implements AutoCloseable {

    private final Call call;
    private final List<AnswerPlan> plans;
    private final ReplyOptions options;
    private final ReplyFormat format;
    private final Consumer<AnswerStream> whenOpened;
    private final List<AnswerStream> answers = new ArrayList<>();

    /** @param whenOpened is told each answer before its first event is read */
    AnswerCall(
            Call call,
            List<AnswerPlan> plans,
            ReplyOptions options,
            ReplyFormat format,
            Consumer<AnswerStream> whenOpened) {
        this.call = call;
        this.plans = List.copyOf(plans);
        this.options = options;
        this.format = format;
        this.whenOpened = whenOpened;
    }

    public ReplyOptions options() {
        return options;
    }

    public ReplyFormat format() {
        return format;
    }

    /** Submits every plan. After a refusal those before it are cancelled by {@link #close}. */
    public List<AnswerStream> open() {
        TraceParent cause = TraceParent.parse(call.header("traceparent"));
        for (AnswerPlan plan : plans) {
            AnswerStream answer = call.gateway().answers().open(plan.within(cause), call.arrivedAt(), call::routed);
            answers.add(answer);
            whenOpened.accept(answer);
            call.whenClientLeaves(answer::cancel);
        }
        return List.copyOf(answers);
    }

    /** Waits until every answer that was opened is complete. */
    public WholeReply whole() throws InterruptedException {
        List<Transcript> all = new ArrayList<>();
        for (AnswerStream answer : answers) {
            all.addAll(transcripts(answer));
        }
        JsonWriter json = new JsonWriter();
        format.whole(json, all, answers.stream().map(AnswerStream::usage).reduce(AnswerUsage.NONE, AnswerUsage::plus));
        return WholeReply.answered(WholeReply.JSON, json.toBytes(), headers());
    }

    /** Which variant answers, and how the first prompt came into its caches: known once its first event is there. */
    public Map<String, String> headers() {
        AnswerStream first = answers.getFirst();
        return Map.of(
                WholeReply.VARIANT,
                first.plan().model().engineModel(),
                PrefillHeaders.MODE,
                PrefillChoice.text(first.usage().prefill().mode()));
    }

    private static List<Transcript> transcripts(AnswerStream answer) throws InterruptedException {
        List<Transcript> choices = IntStream.range(0, answer.plan().generation().choices())
                .mapToObj(
                        c -> new Transcript(answer.plan().generation().prompt().tokens()))
                .toList();
        for (Optional<AnswerEvent> event = answer.next(); event.isPresent(); event = answer.next()) {
            choices.get(event.get().choice()).take(event.get());
        }
        return choices;
    }

    /** Cancels what has not ended. */
    @Override
    public void close() {
        answers.forEach(AnswerStream::close);
    }
}
