package dev.foretoken.gateway.http;

import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.answer.AnswerUsage;
import dev.foretoken.gateway.call.AnswerCall;
import dev.foretoken.gateway.json.JsonWriter;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.Response;
import java.util.List;

/**
 * A streamed response: answers under way, and how they are shown. Its head leaves with its first event, by whichever thread brings that; the
 * framework is told of a response that has been sent.
 *
 * @param answers one for each prompt of the call, which closes them
 */
record StreamedReply(Exchange exchange, AnswerCall call, List<AnswerStream> answers) {

    private static final String EVENTS = "text/event-stream;charset=utf-8";

    /**
     * Sends every event; blocks until the last one is handed to the connection.
     *
     * @throws dev.foretoken.contract.ForetokenException what the first answer failed with before its first event: nothing was sent then
     */
    Response send() throws InterruptedException {
        try {
            stream(new EventStream(exchange, this::head));
        } catch (InterruptedException e) {
            if (!hasBegun()) {
                throw e;
            }
            Thread.currentThread().interrupt();
        }
        return Response.ok(this).type(EVENTS).build();
    }

    private void stream(EventStream events) throws InterruptedException {
        try {
            if (answers.size() > 1) {
                answers.getFirst().awaitFirst();
            }
            new AnswerPump(answers, call.format(), events).run();
            if (call.options().includeUsage()) {
                JsonWriter json = new JsonWriter();
                call.format()
                        .usageChunk(
                                json,
                                answers.stream().map(AnswerStream::usage).reduce(AnswerUsage.NONE, AnswerUsage::plus));
                events.write(json.toBytes());
            }
            events.done();
        } catch (RuntimeException e) {
            if (!hasBegun()) {
                throw e;
            }
            events.fail(e);
        }
    }

    private boolean hasBegun() {
        return answers.getFirst().hasBegun();
    }

    private void head(HttpServerResponse response) {
        response.setStatusCode(200)
                .putHeader("content-type", EVENTS)
                .putHeader("cache-control", "no-cache")
                .putHeader("x-accel-buffering", "no")
                .setChunked(true);
        call.headers().forEach(response::putHeader);
    }
}
