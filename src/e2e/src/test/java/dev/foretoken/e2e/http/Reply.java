package dev.foretoken.e2e.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpHeaders;

/**
 * A whole answer.
 *
 * @param body a text node when it is not JSON
 */
public record Reply(int status, HttpHeaders headers, JsonNode body) {

    /** The body of an answer that went well. */
    public JsonNode ok() {
        if (status != 200) {
            throw new AssertionError("status " + status + ": " + body);
        }
        return body;
    }

    /** The first choice of an answer that went well. */
    public JsonNode choice() {
        return ok().path("choices").path(0);
    }

    /** The error object of OpenAI's error body. */
    public JsonNode error() {
        return body.path("error");
    }
}
