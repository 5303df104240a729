package dev.foretoken.e2e.operation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.http.EventStream;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Models;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Asks for answers that take seconds, so that something can happen to the server meanwhile. */
final class LongAnswer {

    private final HttpApi api;
    private final int tokens;

    LongAnswer(URI server, int tokens) {
        this.api = new HttpApi(server);
        this.tokens = tokens;
    }

    /** One stream, of which the first events have arrived. */
    EventStream begin() {
        return begin(event -> {});
    }

    /** The same; {@code first} gets what has arrived. */
    EventStream begin(Consumer<JsonNode> first) {
        EventStream stream = api.stream(HttpApi.COMPLETIONS, body(tokens, true));
        stream.take(3).forEach(first);
        return stream;
    }

    /** The whole answer at once. */
    Map<String, Object> body(boolean stream) {
        return body(tokens, stream);
    }

    /** A request that takes no time. */
    Reply askShort() {
        return api.post(HttpApi.COMPLETIONS, body(2, false));
    }

    /** Why the last choice of these events ended. */
    static String finishReason(List<JsonNode> events) {
        return events.getLast().path("choices").path(0).path("finish_reason").asText();
    }

    private static Map<String, Object> body(int tokens, boolean stream) {
        Map<String, Object> body = new HashMap<>();
        body.put("model", Models.LONG);
        body.put("prompt", "The quick fox");
        body.put("max_tokens", tokens);
        body.put("seed", 7);
        body.put("ignore_eos", true);
        body.put("return_token_ids", true);
        body.put("stream", stream);
        return body;
    }
}
