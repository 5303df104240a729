package dev.foretoken.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.gateway.error.HttpStatus;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.PrefillHeaders;
import dev.foretoken.gateway.registry.RegistryJson;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Responses that are sent whole. */
final class Replies {

    /** Response header: the variant that answered. */
    static final String VARIANT = "x-foretoken-variant";

    static final String JSON = "application/json";

    private Replies() {}

    static Response json(int status, JsonWriter json) {
        return Response.status(status).type(JSON).entity(json.toBytes()).build();
    }

    static Response json(int status, JsonNode json) {
        return bytes(status, JSON, RegistryJson.bytes(json));
    }

    static Response bytes(int status, String type, byte[] body) {
        return Response.status(status).type(type).entity(body).build();
    }

    /** Names the variant that answered, and how the prompt came into its caches. */
    static Response answer(JsonWriter json, ServedModel model, String prefillMode) {
        return Response.ok(json.toBytes())
                .type(JSON)
                .header(VARIANT, model.engineModel())
                .header(PrefillHeaders.MODE, prefillMode)
                .build();
    }

    /** Names the variant that answered. */
    static Response encoded(JsonWriter json, ServedModel model) {
        return Response.ok(json.toBytes())
                .type(JSON)
                .header(VARIANT, model.engineModel())
                .build();
    }

    /** In the form of the request's family of routes. */
    static Response failure(Exchange exchange, Throwable failure) {
        PublicError error = exchange.publish(failure);
        return error(error, exchange.errorForm().write(error));
    }

    static Response error(PublicError error) {
        return error(error, ErrorForm.OPENAI.write(error));
    }

    private static Response error(PublicError error, JsonWriter json) {
        Response.ResponseBuilder response =
                Response.status(HttpStatus.of(error.code())).type(JSON).entity(json.toBytes());
        Duration retryAfter = error.retryAfter();
        if (retryAfter != null) {
            response.header("retry-after", seconds(retryAfter));
        }
        return response.build();
    }

    /** Rounded up, at least one: a client that comes back too early is refused again. */
    static long seconds(Duration retryAfter) {
        return Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }
}
