package dev.foretoken.gateway.http;

import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ReplyFormat;
import java.util.List;

/**
 * The entity of a streamed response: answers under way, sent when the framework writes it. Holds the request's place until then.
 *
 * @param includeUsage ends with the usage
 */
record StreamedReply(
        Exchange exchange,
        Admission.Permit place,
        List<AnswerStream> answers,
        ReplyFormat format,
        boolean includeUsage) {

    /** Sends every event; blocks until the last one is handed to the connection. */
    void send() {
        EventStream events = new EventStream(exchange);
        try {
            stream(events);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answers.forEach(AnswerStream::close);
            place.close();
        }
    }

    private void stream(EventStream events) throws InterruptedException {
        try {
            new AnswerPump(answers, format, events).run();
            if (includeUsage) {
                JsonWriter json = new JsonWriter();
                format.usageChunk(
                        json, answers.stream().map(AnswerStream::usage).reduce(AnswerUsage.NONE, AnswerUsage::plus));
                events.write(json.toBytes());
            }
            events.done();
        } catch (RuntimeException e) {
            events.fail(e);
        }
    }

    /** The response is over, or will never be written: nobody waits any more. Any thread, idempotent. */
    void abandon() {
        answers.forEach(AnswerStream::cancel);
        place.close();
    }
}
