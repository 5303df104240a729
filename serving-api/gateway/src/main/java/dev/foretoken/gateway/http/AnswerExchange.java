package dev.foretoken.gateway.http;

import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerPlan;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ReplyFormat;
import dev.foretoken.gateway.openai.ReplyOptions;
import dev.foretoken.gateway.openai.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Submits the plans of one request and sends their answers, whole or as a stream. Used by the request's thread. */
final class AnswerExchange implements AutoCloseable {

    private final Exchange exchange;
    private final ReplyFormat format;
    private final List<AnswerStream> answers = new ArrayList<>();

    AnswerExchange(Exchange exchange, ReplyFormat format) {
        this.exchange = exchange;
        this.format = format;
    }

    /** Submits every plan, or none: a refusal cancels those before it. */
    void run(List<AnswerPlan> plans, ReplyOptions reply) throws InterruptedException {
        for (AnswerPlan plan : plans) {
            AnswerStream answer = exchange.gateway().answers().open(plan, exchange.arrivedAt());
            answers.add(answer);
            exchange.whenClientLeaves(answer::cancel);
        }
        if (reply.stream()) {
            stream(reply);
        } else {
            whole();
        }
    }

    private void whole() throws InterruptedException {
        List<Transcript> all = new ArrayList<>();
        for (AnswerStream answer : answers) {
            all.addAll(transcripts(answer));
        }
        JsonWriter json = new JsonWriter();
        format.whole(json, all, usage());
        exchange.sendJson(200, json);
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

    private void stream(ReplyOptions reply) throws InterruptedException {
        EventStream events = new EventStream(exchange);
        try {
            new AnswerPump(answers, format, events).run();
            if (reply.includeUsage()) {
                JsonWriter json = new JsonWriter();
                format.usageChunk(json, usage());
                events.write(json.toBytes());
            }
            events.done();
        } catch (RuntimeException e) {
            events.fail(e);
        }
    }

    private AnswerUsage usage() {
        return answers.stream().map(AnswerStream::usage).reduce(AnswerUsage.NONE, AnswerUsage::plus);
    }

    /** Cancels what has not ended. */
    @Override
    public void close() {
        answers.forEach(AnswerStream::close);
    }
}
