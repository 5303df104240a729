package dev.foretoken.gateway.http;

import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.openai.ReplyFormat;
import dev.foretoken.gateway.openai.ReplyOptions;
import dev.foretoken.gateway.openai.Transcript;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Submits the plans of one request and makes the response of their answers. Used by the request's thread. */
final class AnswerExchange {

    private final Exchange exchange;
    private final ReplyFormat format;
    private final Consumer<AnswerStream> whenOpened;
    private final List<AnswerStream> answers = new ArrayList<>();

    /** @param whenOpened is told each answer before its first event is read */
    AnswerExchange(Exchange exchange, ReplyFormat format, Consumer<AnswerStream> whenOpened) {
        this.exchange = exchange;
        this.format = format;
        this.whenOpened = whenOpened;
    }

    /**
     * Submits every plan, or none: a refusal cancels those before it. Returns once the first event is there, so that a request that fails
     * before it gets the status of its failure, streamed or not.
     *
     * @param place taken over by the response when it is streamed, else left to the caller
     */
    Response respond(List<AnswerPlan> plans, ReplyOptions reply, Admission.Permit place) throws InterruptedException {
        boolean handedOver = false;
        TraceParent cause = TraceParent.parse(exchange.header("traceparent"));
        try {
            for (AnswerPlan plan : plans) {
                AnswerStream answer =
                        exchange.gateway().answers().open(plan.within(cause), exchange.arrivedAt(), exchange::routed);
                answers.add(answer);
                whenOpened.accept(answer);
                exchange.whenClientLeaves(answer::cancel);
            }
            if (!reply.stream()) {
                return whole();
            }
            answers.getFirst().awaitFirst();
            handedOver = true;
            return streamed(reply, place);
        } finally {
            if (!handedOver) {
                answers.forEach(AnswerStream::close);
            }
        }
    }

    private Response streamed(ReplyOptions reply, Admission.Permit place) {
        StreamedReply body = new StreamedReply(exchange, place, answers, format, reply.includeUsage());
        exchange.whenOver(body::abandon);
        return Response.ok(body)
                .type("text/event-stream; charset=utf-8")
                .header("cache-control", "no-cache")
                .header(Replies.VARIANT, model().engineModel())
                .header(PrefillHeaders.MODE, prefillMode())
                .header("x-accel-buffering", "no")
                .build();
    }

    private Response whole() throws InterruptedException {
        List<Transcript> all = new ArrayList<>();
        for (AnswerStream answer : answers) {
            all.addAll(transcripts(answer));
        }
        JsonWriter json = new JsonWriter();
        format.whole(json, all, answers.stream().map(AnswerStream::usage).reduce(AnswerUsage.NONE, AnswerUsage::plus));
        return Replies.answer(json, model(), prefillMode());
    }

    /** That of the first prompt: known once its first event is there. */
    private String prefillMode() {
        return PrefillChoice.text(answers.getFirst().usage().prefill().mode());
    }

    /** All plans are for one. */
    private ServedModel model() {
        return answers.getFirst().plan().model();
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
}
