package dev.foretoken.gateway.http;

import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.call.AnswerCall;
import jakarta.ws.rs.core.Response;
import java.util.List;

/** Submits the plans of one request and makes the response of their answers. Used by the request's thread. */
final class AnswerExchange {

    private AnswerExchange() {}

    /**
     * Submits every plan, or none: a refusal cancels those before it. Returns once the first event is there, so that a request that fails
     * before it gets the status of its failure, streamed or not.
     *
     * @param place taken over by the response when it is streamed, else left to the caller
     */
    static Response respond(Exchange exchange, AnswerCall call, Admission.Permit place) throws InterruptedException {
        boolean handedOver = false;
        try {
            List<AnswerStream> answers = call.open();
            if (!call.options().stream()) {
                return Replies.of(call.whole());
            }
            answers.getFirst().awaitFirst();
            handedOver = true;
            return streamed(exchange, call, answers, place);
        } finally {
            if (!handedOver) {
                call.close();
            }
        }
    }

    private static Response streamed(
            Exchange exchange, AnswerCall call, List<AnswerStream> answers, Admission.Permit place) {
        StreamedReply body = new StreamedReply(
                exchange, place, answers, call.format(), call.options().includeUsage());
        exchange.whenOver(body::abandon);
        Response.ResponseBuilder response = Response.ok(body)
                .type("text/event-stream; charset=utf-8")
                .header("cache-control", "no-cache")
                .header("x-accel-buffering", "no");
        call.headers().forEach(response::header);
        return response.build();
    }
}
