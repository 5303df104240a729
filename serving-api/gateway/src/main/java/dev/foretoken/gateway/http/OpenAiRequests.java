package dev.foretoken.gateway.http;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.call.AnswerCalls;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.DetokenizeRequest;
import dev.foretoken.gateway.openai.TokenizeRequest;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** From a body of one of OpenAI's answer routes to its response. Blocks the request's virtual thread until the answer is sent. */
final class OpenAiRequests {

    private final Exchange exchange;
    private final Gateway gateway;

    OpenAiRequests(Exchange exchange) {
        this.exchange = exchange;
        this.gateway = exchange.gateway();
    }

    Response completion(InputStream stream) {
        return Admitted.run(
                exchange,
                place -> AnswerExchange.respond(
                        exchange, new AnswerCalls(exchange).completion(RequestBody.read(exchange, stream)), place));
    }

    Response chat(InputStream stream) {
        return Admitted.run(
                exchange,
                place -> AnswerExchange.respond(
                        exchange, new AnswerCalls(exchange).chat(RequestBody.read(exchange, stream)), place));
    }

    Response tokenize(InputStream stream) {
        return Admitted.run(exchange, place -> {
            TokenizeRequest request = TokenizeRequest.read(RequestBody.read(exchange, stream));
            JsonWriter json = new JsonWriter();
            request.answer(json, gateway.catalog().require(request.model()));
            return Replies.json(200, json);
        });
    }

    Response detokenize(InputStream stream) {
        return Admitted.run(exchange, place -> {
            DetokenizeRequest request = DetokenizeRequest.read(RequestBody.read(exchange, stream));
            JsonWriter json = new JsonWriter();
            request.answer(json, gateway.catalog().require(request.model()));
            return Replies.json(200, json);
        });
    }
}
