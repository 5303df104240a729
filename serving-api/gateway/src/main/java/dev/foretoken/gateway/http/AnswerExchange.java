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
     * Submits every plan, or none: a refusal cancels those before it. A request that fails before its first event gets the status of its failure,
     * streamed or not. Returns once the answer is whole, or has been streamed.
     *
     * @param place left to the caller, but for a stream that nobody waits for any more
     */
    static Response respond(Exchange exchange, AnswerCall call, Admission.Permit place) throws InterruptedException {
        try (call) {
            List<AnswerStream> answers = call.open();
            if (!call.options().stream()) {
                return Replies.of(call.whole());
            }
            exchange.whenClientLeaves(place::close);
            return new StreamedReply(exchange, call, answers).send();
        }
    }
}
