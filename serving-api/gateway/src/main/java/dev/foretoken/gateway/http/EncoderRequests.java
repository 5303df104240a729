package dev.foretoken.gateway.http;

import dev.foretoken.gateway.call.EncoderCalls;
import dev.foretoken.gateway.call.WholeReply;
import dev.foretoken.gateway.json.JsonFields;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** From a request for vectors, ranks, scores or classes to its response. Blocks the request's virtual thread until the answer is there. */
final class EncoderRequests {

    private final Exchange exchange;
    private final EncoderCalls calls;

    EncoderRequests(Exchange exchange) {
        this.exchange = exchange;
        this.calls = new EncoderCalls(exchange);
    }

    Response embeddings(InputStream stream) {
        return answer(stream, calls::embeddings);
    }

    Response rerank(InputStream stream) {
        return answer(stream, calls::rerank);
    }

    Response score(InputStream stream) {
        return answer(stream, calls::score);
    }

    Response classify(InputStream stream) {
        return answer(stream, calls::classify);
    }

    private interface Route {
        WholeReply answer(JsonFields body) throws InterruptedException;
    }

    private Response answer(InputStream stream, Route route) {
        return Admitted.runWhileWaitedFor(
                exchange, place -> Replies.of(route.answer(RequestBody.read(exchange, stream))));
    }
}
